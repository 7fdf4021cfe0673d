import { z } from 'zod';

/** The oldest time that Marquee believes: 2000-01-01T00:00:00Z, in epoch milliseconds. */
export const OLDEST_TIME_MS = Date.UTC(2000, 0, 1);

/** The last time with a year of four digits: 9999-12-31T23:59:59.999Z, in epoch milliseconds. */
export const LATEST_TIME_MS = Date.UTC(10_000, 0, 1) - 1;

/** Text that Postgres and JSON can both hold: no NUL, no lone surrogate. */
export const text = (min: number, max: number) =>
  z
    .string()
    .min(min)
    .max(max)
    // oxlint-disable-next-line no-control-regex -- NUL is the character that Postgres refuses
    .refine((value) => !/\u0000/.test(value), { error: 'must not contain a NUL character' })
    .refine((value) => value.isWellFormed(), { error: 'must not contain a lone surrogate' });

/** A UUID of any version; lower case inside, as Postgres prints it. */
export const uuid = z.guid().transform((id) => id.toLowerCase());

/** RFC 3339 with seconds and zone → epoch milliseconds. Times before the year 2000 are refused. */
export const instant = z.iso
  .datetime({ offset: true, error: 'must be an RFC 3339 time with a zone' })
  .refine((value) => /T\d\d:\d\d:\d\d/.test(value), { error: 'must have seconds' })
  .transform((value) => Date.parse(value))
  .refine((ms) => ms >= OLDEST_TIME_MS, { error: 'must not be before the year 2000' });

/** A non-negative integer of any size, as decimal digits without leading zeros. */
export const sequence = z
  .union([z.string().regex(/^\d{1,64}$/), z.int().nonnegative()])
  .transform((value) => String(value).replace(/^0+(?=\d)/, ''));

export const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2048);

export const sessionMode = z.enum(['webcam', 'rtmp']);
export const presetType = z.enum(['whip', 'rtmp']);
export const hostRole = z.enum(['host', 'viewer']);
