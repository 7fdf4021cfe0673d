import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether what was sent is the configured key, compared in constant time; nothing is while none is configured. */
export function isKey(configured: string | undefined): (sent: string) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = configured === undefined ? undefined : digest(configured);
  return (sent) => expected !== undefined && timingSafeEqual(digest(sent), expected);
}
