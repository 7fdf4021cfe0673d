import { randomUUID } from 'node:crypto';
import { encodeRecord, evolve } from '#libs/session';
import type { DataSource } from 'typeorm';
import type { Sent } from './given-record';
import { event } from './given-record';
import { toRecord } from './to-record';

export interface Many {
  /** How many sessions are written. */
  sessions: number;
  /** How many rooms they share. */
  rooms: number;
  /** When all of them started and sent a heartbeat, epoch ms. */
  at: number;
  leaseSeconds: number;
}

/**
 * Writes live sessions that beat, as the store would have written them, in a moment. Of each room the last one is on air
 * by its claims; the rows of the others say so too, as nobody has looked at them. Gives the ids.
 */
export async function writeManySessions(
  source: DataSource,
  { sessions, rooms, at, leaseSeconds }: Many,
): Promise<string[]> {
  const [id, room, time] = [randomUUID(), randomUUID(), { time: new Date(at).toISOString() }];
  const sent: Sent[] = [
    event('session.started.v1', id, { room_id: room, lease_seconds: leaseSeconds }, time),
    event('session.heartbeat.v1', id, {}, time),
  ];
  const record = sent
    .map((one) => toRecord(one).fact)
    .reduce(evolve, evolve(undefined, toRecord(sent[0] as Sent).fact));
  const { last_signal_at: _, ...rest } = record;
  const fold = encodeRecord(rest);
  await source.query(
    `CREATE TEMP TABLE many AS SELECT gen_random_uuid() AS id, n % $1 AS room FROM generate_series(1, $2::int) AS n`,
    [rooms, sessions],
  );
  await source.query(
    `CREATE TEMP TABLE many_rooms AS SELECT n AS room, gen_random_uuid() AS room_id FROM generate_series(0, $1::int) AS n`,
    [rooms],
  );
  const joined = `many JOIN many_rooms USING (room)`;
  await source.query(
    `INSERT INTO session_folds SELECT id, 1, room_id, '', replace(replace($1, $2, room_id::text), $3, 'e' || id) FROM ${joined}`,
    [fold, room, sent[0]?.['id']],
  );
  await source.query(
    `INSERT INTO session_signals SELECT id, $1, $2::int * 500, true, $1::timestamptz + $2::int * interval '500 ms' FROM many`,
    [new Date(at), leaseSeconds],
  );
  await source.query(`INSERT INTO room_claims SELECT id, $1, 0, '/studio', 'e' || id, room_id FROM ${joined}`, [
    new Date(at),
  ]);
  await source.query(
    `INSERT INTO sessions (id, version, room_id, status, health, started_at, created_at, updated_at, listed, deleted)
     SELECT id, 1, room_id, 'live', 'ok', $1, $1, $1, true, false FROM ${joined}`,
    [new Date(at)],
  );
  const ids = await source.query<{ id: string }[]>('SELECT id FROM many');
  await source.query('DROP TABLE many, many_rooms');
  await source.query('VACUUM ANALYZE sessions, session_folds, session_signals, room_claims');
  return ids.map((row) => row.id);
}
