import { z } from 'zod';

// oxlint-disable-next-line no-control-regex -- NUL is the character that Postgres refuses
const hasNoNul = (value: string) => !/\u0000/.test(value);
const NO_NUL = { error: 'must not contain a NUL character' };
const isWellFormed = (value: string) => value.isWellFormed();
const WELL_FORMED = { error: 'must not contain a lone surrogate' };

/** Text that Postgres and JSON can both hold: no NUL, no lone surrogate. */
export const text = (min: number, max: number) =>
  z.string().min(min).max(max).refine(hasNoNul, NO_NUL).refine(isWellFormed, WELL_FORMED);

/** The same with at most `max` bytes in UTF-8, for text in an index: Postgres bounds the size of an index row. */
export const indexedText = (min: number, max: number) =>
  text(min, max)
    .refine((value) => value.length * 3 <= max || new TextEncoder().encode(value).length <= max, {
      error: `must have at most ${max} bytes in UTF-8`,
    })
    .meta({ description: `At most ${max} bytes in UTF-8.` });

/** A UUID of any version; lower case inside, as Postgres prints it. */
export const uuid = z.guid().transform((id) => id.toLowerCase());

export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .max(2048)
  .refine(hasNoNul, NO_NUL)
  .refine(isWellFormed, WELL_FORMED);

export const sessionMode = z.enum(['webcam', 'rtmp']);
export const presetType = z.enum(['whip', 'rtmp']);
export const hostRole = z.enum(['host', 'viewer']);
