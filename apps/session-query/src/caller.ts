import { createHash, timingSafeEqual } from 'node:crypto';
import { Refusal } from '#libs/service-host';
import { type Audience, PUBLIC } from '#libs/session';

/** Who sends the key sees private fields; what a preset hides stays hidden. */
export const KEYED: Audience = { privateFields: true, hiddenCounts: false };

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * Tells what a caller may see by the `X-API-Key` it sent. No key is the public; a wrong one is refused, so that nobody
 * takes masked fields for missing ones. Compared in constant time.
 */
export function audienceBy(apiKey: string | undefined): (sent: string | undefined) => Audience {
  const expected = apiKey === undefined ? undefined : digest(apiKey);
  return (sent) => {
    if (sent === undefined) return PUBLIC;
    if (expected && timingSafeEqual(digest(sent), expected)) return KEYED;
    throw new Refusal(401, 'unauthorized', 'the API key is not known', [
      { parameter: 'X-API-Key', message: 'must be a known key, or be left out' },
    ]);
  };
}
