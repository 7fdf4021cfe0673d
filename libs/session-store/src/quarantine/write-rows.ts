import type { QueryRunner } from 'typeorm';
import { failureKind } from '../failures/failure-kind';
import { timeOf } from '../bounds';
import { encodeHeaders } from './header-bytes';
import type { QuarantinedPlace } from './quarantined-place';

/** How much of a record its row has; the last of them cannot fail for a reason of the data. */
type Part = 'whole' | 'bytes' | 'place';
const LESS: Record<Part, Part | null> = { whole: 'bytes', bytes: 'place', place: null };

/**
 * Writes a row for each; one that Postgres refuses fails no other. What cannot be described is there with its place and
 * its bytes, at worst with its place alone. Rejects for outages of the database, and if even a place is refused.
 */
export async function writeRows(
  runner: QueryRunner,
  places: readonly QuarantinedPlace[],
  part: Part = 'whole',
): Promise<void> {
  if (places.length === 0) return;
  await runner.query(`SAVEPOINT quarantine_rows`);
  try {
    await insert(runner, places, part);
    await runner.query(`RELEASE SAVEPOINT quarantine_rows`);
    return;
  } catch (error) {
    const less = LESS[part];
    if (failureKind(error) === 'away' || (places.length === 1 && less === null)) throw error;
    await runner.query(`ROLLBACK TO SAVEPOINT quarantine_rows`);
    await runner.query(`RELEASE SAVEPOINT quarantine_rows`);
    if (places.length === 1 && less !== null) return writeRows(runner, places, less);
  }
  const middle = Math.ceil(places.length / 2);
  await writeRows(runner, places.slice(0, middle), part);
  await writeRows(runner, places.slice(middle), part);
}

async function insert(runner: QueryRunner, places: readonly QuarantinedPlace[], part: Part): Promise<void> {
  const column = <T>(of: (place: QuarantinedPlace) => T) => places.map(of);
  const bytes = (value: Uint8Array | null) => value && Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  await runner.query(
    `INSERT INTO quarantine (topic, partition, "offset", broker_ms, broker_time, kind, source, reason, error, key, value, headers)
     SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::text[], $7::text[],
       $8::text[], $9::text[], $10::bytea[], $11::bytea[], $12::bytea[])
     ON CONFLICT (topic, partition, "offset", broker_ms, kind) DO NOTHING`,
    [
      column(({ topic }) => topic),
      column(({ partition }) => partition),
      column(({ offset }) => offset),
      column(({ ms }) => ms),
      column(({ ms }) => timeOf(Number(ms))),
      column(({ kind }) => kind),
      column(({ source }) => (part === 'place' ? '' : source)),
      column(({ reason }) => (part === 'place' ? 'unknown' : reason)),
      column(({ error }) => (part === 'whole' ? error : 'could not be described')),
      column(({ bad }) => (part === 'whole' ? bytes(bad.record.key) : null)),
      column(({ bad }) => (part === 'place' ? null : bytes(bad.record.value))),
      column(({ bad }) => (part === 'whole' ? encodeHeaders(bad.record.headers) : Buffer.alloc(0))),
    ],
  );
}
