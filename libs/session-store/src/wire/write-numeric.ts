import type { ByteWriter } from './byte-writer';

/** A numeric is a row of digits to this base, which takes four decimal digits. */
const DECIMALS = 4;
const [POSITIVE, NEGATIVE] = [0x0000, 0x4000];
const INTEGER = /^-?\d+$/;

/** Writes an integer of any size, given as decimal digits, as a numeric. */
export function writeNumeric(writer: ByteWriter, value: string | number | bigint): void {
  const text = String(value);
  if (!INTEGER.test(text)) throw new TypeError(`a numeric must be an integer in decimal digits, not ${text}`);
  const isNegative = text.startsWith('-');
  const decimals = text.slice(isNegative ? 1 : 0).replace(/^0+/, '');
  const groups = Math.ceil(decimals.length / DECIMALS);
  const padded = decimals.padStart(groups * DECIMALS, '0');
  // Zeros at the end are said by the weight alone.
  const count = Math.ceil(padded.replace(/0+$/, '').length / DECIMALS);
  writer.int32(8 + count * 2);
  writer.int16(count);
  writer.int16(groups - 1);
  writer.int16(isNegative && count > 0 ? NEGATIVE : POSITIVE);
  // Digits behind the point.
  writer.int16(0);
  for (let at = 0; at < count; at += 1) writer.int16(Number(padded.slice(at * DECIMALS, (at + 1) * DECIMALS)));
}
