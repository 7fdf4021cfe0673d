import { z } from 'zod';

/** The oldest time that Marquee believes: 2000-01-01T00:00:00Z, in epoch milliseconds. */
export const OLDEST_TIME_MS = Date.UTC(2000, 0, 1);
/** The last one: the end of the year 9999 in UTC. RFC 3339 cannot write a later one. */
export const LATEST_TIME_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
/** The end of the year 2254: up to here epoch microseconds are exact integers. */
export const LATEST_EXACT_MS = Date.UTC(2255, 0, 1) - 1;

const FORM = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const BELOW_MILLISECOND = /\.\d{3}(\d{1,3})/;
const SAYS = 'must be an RFC 3339 time with seconds and a zone';

/**
 * RFC 3339 with seconds and zone → epoch milliseconds; the digits below the millisecond are read by `microsOf`. The
 * letters may be small and a space may stand for the T. A leap second (`:60`) is the second after it.
 */
export const instant = z
  .string({ error: SAYS })
  .regex(FORM, { error: SAYS })
  .meta({ format: 'date-time', description: 'RFC 3339 with seconds and a zone, of the years 2000 to 9999.' })
  .transform((text, context) => {
    const ms = readInstant(text);
    if (ms !== null) return ms;
    context.addIssue(SAYS);
    return z.NEVER;
  })
  .refine((ms) => ms >= OLDEST_TIME_MS, { error: 'must not be before the year 2000' })
  .refine((ms) => ms <= LATEST_TIME_MS, { error: 'must not be after the year 9999' });

/** The microseconds below the millisecond, 0 to 999, of a time that `instant` reads; finer digits are cut. */
export function microsOf(time: string): number {
  const [, digits = ''] = BELOW_MILLISECOND.exec(time) ?? [];
  return Number(digits.padEnd(3, '0'));
}

/** null: a month, day, hour, minute, second or offset that does not exist. */
function readInstant(text: string): number | null {
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour = '0', offsetMinute = '0'] =
    FORM.exec(text) ?? [];
  const midnight = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  // A day that does not exist runs over into the next month.
  const exists = midnight.getUTCMonth() === Number(month) - 1 && midnight.getUTCDate() === Number(day);
  if (!exists || !inBounds(hour, 23) || !inBounds(minute, 59) || !inBounds(second, 60)) return null;
  if (!inBounds(offsetHour, 23) || !inBounds(offsetMinute, 59)) return null;
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return midnight.getTime() + (seconds + (sign === '-' ? offset : -offset)) * 1000 + ms;
}

function inBounds(digits: string | undefined, most: number): boolean {
  return Number(digits) <= most;
}
