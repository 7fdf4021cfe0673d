import { createHash, randomBytes } from 'node:crypto';

/** `mq_<id>_<secret>`: the id finds the row, the whole text is what is compared. */
const KEY = /^mq_([0-9a-f]{12})_[\w-]{43}$/;

export function newKeyText(): { id: string; text: string } {
  const id = randomBytes(6).toString('hex');
  return { id, text: `mq_${id}_${randomBytes(32).toString('base64url')}` };
}

/** The id in a key's text; undefined when it is no key of ours. */
export function idInKey(text: string): string | undefined {
  return KEY.exec(text)?.[1];
}

/** Whether a text has the form of a key; one that has not is nobody's. */
export function isKeyText(text: string): boolean {
  return KEY.test(text);
}

/** 256 random bits need no slow hash. */
export function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
