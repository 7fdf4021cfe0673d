import { z } from 'zod';

const MAX_KEPT_LENGTH = 255;
const ELSE = 'Anything else orders nothing, as if it were absent; the log of a session keeps it.';

/**
 * A non-negative integer of up to 64 digits orders: it becomes decimal digits without leading zeros. Anything else is
 * null: it orders nothing.
 */
export const sequence = z
  .union([
    z
      .string()
      .regex(/^\d{1,64}$/)
      .transform((digits) => digits.replace(/^0+(?=\d)/, '')),
    z.int().nonnegative().transform(String),
    z
      .unknown()
      .meta({ description: ELSE })
      .transform(() => null),
  ])
  .optional();

/** A sequence that orders nothing, as text that the record can hold: its first 255 characters. */
export function oddSequence(sent: unknown): string {
  const text = typeof sent === 'string' ? sent : jsonOf(sent);
  return text.slice(0, MAX_KEPT_LENGTH).replaceAll('\u0000', '\ufffd').toWellFormed();
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return 'nested too deeply to be written';
  }
}
