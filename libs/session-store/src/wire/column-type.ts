import type { ByteWriter } from './byte-writer';
import { writeNumeric } from './write-numeric';

/** A timestamptz whose values are numbers: milliseconds since 1970, or infinite. */
export const EPOCH_MS = 'epoch ms';
/** The same in microseconds. Exact up to the year 2255; beyond it as exact as the number is. */
export const EPOCH_US = 'epoch µs';

/**
 * How a column's values are given: uuid, text, numeric (integers) and jsonb as text; bytea as bytes; date as epoch ms
 * within the day, in UTC; bigint as number, digits or bigint.
 */
export type ColumnType =
  | 'uuid'
  | 'text'
  | 'bytea'
  | 'integer'
  | 'bigint'
  | 'boolean'
  | 'date'
  | 'numeric'
  | 'jsonb'
  | typeof EPOCH_MS
  | typeof EPOCH_US;

interface WireForm {
  /** The type's name in SQL, and its number. */
  sql: string;
  oid: number;
  /** Writes the length of a value that is not null, and the value. */
  write: (this: void, writer: ByteWriter, value: unknown) => void;
}

const DAY_MS = 86_400_000;
/** Postgres counts from the year 2000 on. */
const ZERO_MS = Date.UTC(2000, 0, 1);
const ZERO_US = ZERO_MS * 1000;
const [PAST, FUTURE] = [-(2n ** 63n), 2n ** 63n - 1n];
const [DAYS_PAST, DAYS_FUTURE] = [-(2 ** 31), 2 ** 31 - 1];
const JSONB_VERSION = 1;
const DASH = 45;

export const WIRE_FORMS: { readonly [type in ColumnType]: WireForm } = {
  uuid: { sql: 'uuid', oid: 2950, write: (writer, value) => writeUuid(writer, value as string) },
  text: { sql: 'text', oid: 25, write: (writer, value) => writer.utf8(value as string) },
  bytea: {
    sql: 'bytea',
    oid: 17,
    write(writer, value) {
      writer.int32((value as Uint8Array).length);
      writer.raw(value as Uint8Array);
    },
  },
  integer: {
    sql: 'integer',
    oid: 23,
    write(writer, value) {
      writer.int32(4);
      writer.int32(integerOf(value as number));
    },
  },
  bigint: {
    sql: 'bigint',
    oid: 20,
    write(writer, value) {
      writer.int32(8);
      if (typeof value === 'number' && Number.isSafeInteger(value)) writer.safeInt64(value);
      else writer.int64(BigInt(value as string | number | bigint));
    },
  },
  boolean: {
    sql: 'boolean',
    oid: 16,
    write(writer, value) {
      writer.int32(1);
      writer.reserve(1);
      writer.bytes[writer.length++] = value ? 1 : 0;
    },
  },
  date: {
    sql: 'date',
    oid: 1082,
    write(writer, value) {
      writer.int32(4);
      const ms = timeOf(value as number);
      if (Number.isFinite(ms)) writer.int32(Math.floor((ms - ZERO_MS) / DAY_MS));
      else writer.int32(ms > 0 ? DAYS_FUTURE : DAYS_PAST);
    },
  },
  numeric: { sql: 'numeric', oid: 1700, write: (writer, value) => writeNumeric(writer, value as string) },
  jsonb: { sql: 'jsonb', oid: 3802, write: (writer, value) => writer.utf8(value as string, JSONB_VERSION) },
  [EPOCH_MS]: {
    sql: 'timestamptz',
    oid: 1184,
    write(writer, value) {
      writer.int32(8);
      const since = timeOf(value as number) - ZERO_MS;
      const us = Math.round(since * 1000);
      if (Number.isSafeInteger(us)) writer.safeInt64(us);
      else writer.int64(Number.isFinite(us) ? BigInt(Math.round(since)) * 1000n : infinite(us));
    },
  },
  [EPOCH_US]: {
    sql: 'timestamptz',
    oid: 1184,
    write(writer, value) {
      writer.int32(8);
      const us = Math.round(timeOf(value as number));
      const since = us - ZERO_US;
      if (Number.isSafeInteger(us) && Number.isSafeInteger(since)) writer.safeInt64(since);
      else writer.int64(Number.isFinite(us) ? BigInt(us) - BigInt(ZERO_US) : infinite(us));
    },
  },
};

/** Throws for what is no UUID; dashes may stand between its bytes, or be left out. */
function writeUuid(writer: ByteWriter, text: string): void {
  writer.reserve(20);
  const { bytes } = writer;
  let at = bytes.writeInt32BE(16, writer.length);
  const end = at + 16;
  let high = -1;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === DASH && high < 0) continue;
    const digit = hexDigit(code);
    if (digit < 0 || at === end) throw new TypeError(`${JSON.stringify(text)} is no UUID`);
    if (high < 0) high = digit;
    else {
      bytes[at++] = (high << 4) | digit;
      high = -1;
    }
  }
  if (at !== end || high >= 0) throw new TypeError(`${JSON.stringify(text)} is no UUID`);
  writer.length = end;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const small = code | 32;
  return small >= 97 && small <= 102 ? small - 87 : -1;
}

function integerOf(value: number): number {
  if (Number.isInteger(value)) return value;
  throw new TypeError(`an integer column cannot hold ${value}`);
}

function timeOf(value: number): number {
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  throw new TypeError(`a time must be a number, not ${value}`);
}

function infinite(us: number): bigint {
  return us > 0 ? FUTURE : PAST;
}
