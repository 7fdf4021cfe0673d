import type { QueryRunner } from 'typeorm';
import { timestamp } from '../columns';
import { advance } from '../ingest/ingest-progress';
import type { Bad, SliceEvidence } from './slice';

/** Writes the unreadable of a slice and how far it goes. */
export async function writeEvidence(runner: QueryRunner, { bad, progress, admit }: SliceEvidence): Promise<void> {
  admit?.(bad);
  await quarantine(runner, bad);
  if (progress) await advance(runner, progress);
}

/** A record that comes again is in quarantine once. */
async function quarantine(runner: QueryRunner, bad: readonly Bad[]): Promise<void> {
  if (bad.length === 0) return;
  const column = <T>(of: (one: Bad) => T) => bad.map(of);
  await runner.query(
    `INSERT INTO quarantine (topic, partition, "offset", broker_time, key, value, headers, reason, error)
     SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::timestamptz[], $5::bytea[], $6::bytea[], $7::jsonb[], $8::text[], $9::text[])
     ON CONFLICT (topic, partition, "offset", broker_time) DO NOTHING`,
    [
      column(({ place }) => place.topic),
      column(({ place }) => place.partition),
      column(({ place }) => place.offset),
      column(({ record }) => timestamp(record.timestamp)),
      column(({ record }) => record.key && Buffer.from(record.key)),
      column(({ record }) => record.value && Buffer.from(record.value)),
      column(({ record }) => JSON.stringify(headersOf(record.headers))),
      column(({ reason }) => reason),
      // Postgres has no NUL in text, and an error may quote one.
      column(({ error }) => error.replaceAll('\u0000', '\\0').toWellFormed().slice(0, 2000)),
    ],
  );
}

/** Headers are bytes: kept as base64, so that a replay sends the same ones. */
function headersOf(headers: Bad['record']['headers']): Record<string, string | string[]> {
  const base64 = (value: Uint8Array | string) => Buffer.from(value as string).toString('base64');
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.map(base64) : base64(value)]],
    ),
  );
}
