import { Client } from 'pg';
import { countTotalsAnew } from '../src';

/** PAST_SESSIONS=10000000 is the figure of the design: it takes minutes. */
export const SESSIONS = Number(process.env['PAST_SESSIONS'] || 1_000_000);
export const ROOMS = 10_000;
/** One session in so many is live, one scheduled, one expired; of a million 10 000 each. */
const ONE_IN = Math.round(SESSIONS / 10_000);
const ID = { room: 1, host: 2, library: 3, organization: 4 };

export function idOf(kind: keyof typeof ID, n: number): string {
  return `00000000-0000-4000-800${ID[kind]}-${n.toString(16).padStart(12, '0')}`;
}

/**
 * Sessions with ten years of past. Session n has the title `show` and five letters of a hash of n; the oldest tenth says
 * `antique` as well. A tenth of all is in room 0; library 0 has half of the rooms. Indices are made after the rows.
 */
export async function writePast(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`SET synchronous_commit = off; SET maintenance_work_mem = '256MB'; SET jit = off`);
    const indices = await takeIndices(client, ['sessions', 'session_texts', 'session_counts']);
    for (const statement of STATEMENTS) await client.query(statement);
    for (const index of indices) await client.query(index);
    await countTotalsAnew(client);
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}

/** Drops all indices but those of primary keys; gives what makes them again. */
async function takeIndices(client: Client, tables: string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i
     WHERE i.indrelid = ANY ($1::regclass[]) AND NOT i.indisprimary`,
    [tables],
  );
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  return rows.map(({ definition }) => definition);
}

const id = (kind: keyof typeof ID, n: string) =>
  `('00000000-0000-4000-800${ID[kind]}-' || lpad(to_hex(${n}), 12, '0'))`;

const STATEMENTS = [
  'ALTER TABLE sessions SET UNLOGGED',
  'ALTER TABLE session_texts SET UNLOGGED',
  `INSERT INTO reference_data (id, kind, version, at, "offset", state)
     SELECT ${id('host', 'n')}::uuid, 'host', 1, now(), n,
       jsonb_build_object('username', 'host' || n, 'organization_id', ${id('organization', 'n % 100')})
     FROM generate_series(0, ${ROOMS / 5 - 1}) n`,
  `INSERT INTO reference_data (id, kind, version, at, "offset", state)
     SELECT ${id('room', 'n')}::uuid, 'room', 1, now(), n, jsonb_build_object('title', 'hall' || n,
       'host_id', ${id('host', 'n / 5')}, 'library_id', ${id('library', `CASE n % 2 WHEN 0 THEN 0 ELSE n / 100 + 1 END`)})
     FROM generate_series(0, ${ROOMS - 1}) n`,
  `INSERT INTO sessions (id, version, room_id, title, status, mode, started_at, ended_at, scheduled_start_time,
       created_at, updated_at, listed, deleted)
     SELECT md5('session' || n)::uuid, 1, ${id('room', `CASE n % 10 WHEN 5 THEN 0 ELSE n % ${ROOMS} END`)}::uuid,
       concat_ws(' ', 'show', left(md5(n::text), 5), CASE WHEN n > ${0.9 * SESSIONS} THEN 'antique' END), status, 'webcam',
       CASE WHEN status IN ('live', 'ended') THEN at END, CASE status WHEN 'ended' THEN at + interval '1 hour' END,
       CASE WHEN n % 4 = 1 OR status = 'scheduled' THEN at + interval '1 day' END, at - interval '1 minute', at, true, false
     FROM (SELECT n, now() - n * interval '5 minutes' AS at, CASE n % ${ONE_IN} WHEN 0 THEN 'live' WHEN 1 THEN 'scheduled'
       WHEN 2 THEN 'expired' ELSE 'ended' END AS status FROM generate_series(1, ${SESSIONS}) n) given`,
  `INSERT INTO session_texts (session_id, fold_version, folded, grams)
     SELECT id, 1, title || E'\\n', ARRAY[' s', ' sh', 'sho', 'how', ' ' || left(word, 1), ' ' || left(word, 2), left(word, 3),
       substr(word, 2, 3), substr(word, 3, 3)] || CASE WHEN title LIKE '%antique'
       THEN ARRAY[' a', ' an', 'ant', 'nti', 'tiq', 'iqu', 'que'] ELSE '{}' END
     FROM (SELECT id, title, substr(title, 6, 5) AS word FROM sessions) titled`,
  `INSERT INTO session_counts (session_id, version, viewer_count, viewer_count_at, seq, source, event_id, max_viewers,
       max_viewers_at)
     SELECT id, 1, 5, now(), 0, '/studio', 'e', 9, now() FROM sessions WHERE status = 'live' OR left(id::text, 1) = '7'`,
  `INSERT INTO reference_texts (id, kind, fold_version, folded, grams)
     SELECT id, kind, 1, text, ARRAY[' h', ' ' || left(text, 2)] ||
       ARRAY(SELECT substr(text, at, 3) FROM generate_series(1, length(text) - 2) at)
     FROM (SELECT id, kind, coalesce(state ->> 'title', state ->> 'username') AS text FROM reference_data) named`,
];
