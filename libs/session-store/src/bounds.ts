import { plainText } from './plain-text';

const [LEAST_INT64, MOST_INT64] = [-(2n ** 63n), 2n ** 63n - 1n];
const MOST_INT32 = 2 ** 31 - 1;
const SOURCE_LENGTH = 255;
/** What Kafka says where a record has no timestamp. */
const NO_TIMESTAMP = -1n;
/** Years 1 to 9999: Postgres and JavaScript write them alike. */
const [FIRST_MS, LAST_MS] = [Date.UTC(2001, 0, 1) - 63_113_904_000_000, Date.UTC(10_000, 0, 1) - 1];

/** The name under which a source is counted: bounded, and empty where there is none. */
export function sourceName(source: unknown): string {
  return typeof source === 'string' ? plainText(source, SOURCE_LENGTH) : '';
}

/** An offset that a bigint holds; what lies beyond stands at the end of its range. */
export function boundedOffset(offset: string): string {
  return String(boundedInt64(/^-?\d+$/.test(offset) ? BigInt(offset) : 0n));
}

/** A partition's number; -1 for what is none. */
export function boundedPartition(partition: number): number {
  return Number.isInteger(partition) && Math.abs(partition) <= MOST_INT32 ? partition : -1;
}

/** A timestamp (epoch ms, or what a damaged record has in its place) that a bigint holds. */
export function boundedMs(timestamp: number): string {
  if (Number.isNaN(timestamp)) return String(NO_TIMESTAMP);
  if (!Number.isFinite(timestamp)) return String(timestamp > 0 ? MOST_INT64 : LEAST_INT64);
  return String(boundedInt64(BigInt(Math.trunc(timestamp))));
}

/** Whether epoch ms are within the calendar that Postgres and JavaScript share. */
export function isTime(ms: number): boolean {
  return ms >= FIRST_MS && ms <= LAST_MS;
}

/** A timestamptz of whatever epoch ms: beyond the calendar it is infinite. */
export function timeOf(ms: number): string {
  if (isTime(ms)) return new Date(Math.trunc(ms)).toISOString();
  return ms > LAST_MS ? 'infinity' : '-infinity';
}

/** The same as a number: epoch ms, or infinite. */
export function boundedTime(ms: number): number {
  if (isTime(ms)) return Math.trunc(ms);
  return ms > LAST_MS ? Infinity : -Infinity;
}

function boundedInt64(value: bigint): bigint {
  if (value < LEAST_INT64) return LEAST_INT64;
  return value > MOST_INT64 ? MOST_INT64 : value;
}
