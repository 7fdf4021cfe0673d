import { randomUUID } from 'node:crypto';
import { SessionStore, createDataSource } from '../src';
import type { DataSource } from 'typeorm';
import { CountsOfNoSession } from '../src/retention/counts-of-no-session';
import { LeavingSessions } from '../src/retention/leaving-sessions';
import { GivenRecord, NOW, event } from './given-record';
import { toRecord } from './to-record';

const DAY = 86_400_000;
const LATER = NOW + 40 * DAY;
const SESSIONS = 400;
const NOTHING = { bad: [], progress: null };
/** Somebody else had a lock for longer than a step waits. */
const LOCKED = '55P03';

describe('sessions that leave while they are spoken of', () => {
  let record: GivenRecord;
  const sources: DataSource[] = [];
  const ids = Array.from({ length: SESSIONS }, () => randomUUID());
  const rooms = Array.from({ length: 20 }, () => randomUUID());

  beforeAll(async () => {
    record = await GivenRecord.make();
    for (const name of ['one', 'other', 'ingest', 'counts'])
      sources.push(await createDataSource({ url: record.url, name, poolSize: 2 }).initialize());
  });
  afterAll(async () => {
    for (const source of sources) await source.destroy();
    await record.close();
  });

  const at = (ms: number) => ({ time: new Date(ms).toISOString() });
  const started = (n: number, ms: number) =>
    event('session.started.v1', ids[n] ?? '', { title: 'A show', room_id: rooms[n % rooms.length] }, at(ms));
  const leaveAll = async (source: DataSource) => {
    const all = [
      new LeavingSessions('sessions_ended', 30),
      new LeavingSessions('sessions_unlisted', 8),
      new CountsOfNoSession(8),
    ];
    for (const leaving of all) {
      for (let more = true; more;) {
        try {
          ({ more } = await leaving.step(source, LATER));
        } catch (error) {
          if ((error as { code?: string }).code !== LOCKED) throw error;
        }
      }
    }
  };
  const deadlocks = async () =>
    (
      await record.sql<{ deadlocks: string }>(
        'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
      )
    )[0]?.deadlocks;

  it('are gone or go on, each as a whole, and nobody waits in a circle', async () => {
    const first = ids.map((_, n) => started(n, NOW - 1000));
    const ends = ids.map((id) => event('session.ended.v1', id, {}, at(NOW - 500)));
    for (let from = 0; from < SESSIONS; from += 200)
      await record.sessions(...first.slice(from, from + 200), ...ends.slice(from, from + 200));
    const [one, other, ingest, counts] = sources as [DataSource, DataSource, DataSource, DataSource];
    const [store, countsStore] = [new SessionStore(ingest), new SessionStore(counts)];
    const spoken = Array.from({ length: 40 }, (_, n) => (n * 37) % SESSIONS);
    await Promise.all([
      leaveAll(one),
      leaveAll(other),
      (async () => {
        for (const n of spoken) {
          const again = [n, (n + 1) % SESSIONS, (n + 300) % SESSIONS].map((which) => started(which, LATER + n));
          await store.recordSessionSlice(
            again.map((sent) => toRecord(sent, 0, LATER + DAY)),
            NOTHING,
          );
          await store.recordSessionSlice(
            ends.slice(n, n + 5).map((sent) => toRecord(sent, 0, NOW)),
            NOTHING,
          );
        }
      })(),
      (async () => {
        for (const n of spoken) {
          const some = [n, (n + 2) % SESSIONS, (n + 200) % SESSIONS].map((which) => ({
            subject: ids[which] ?? '',
            sequence: '0',
            source: '/a',
            id: randomUUID(),
            at: (NOW - n) * 1000,
            viewer_count: n,
          }));
          await countsStore.recordViewerSlice(some, NOTHING);
        }
      })(),
    ]);
    await leaveAll(one);
    const whole = await record.sql<{ id: string; rows: string }>(
      `SELECT id, concat_ws(' ', s.id IS NOT NULL, f.id IS NOT NULL, g.session_id IS NOT NULL, t.id IS NULL) AS rows
       FROM unnest($1::uuid[]) AS given (id) LEFT JOIN sessions s USING (id) LEFT JOIN session_folds f USING (id)
         LEFT JOIN session_signals g ON g.session_id = given.id LEFT JOIN session_tombstones t USING (id)`,
      [ids],
    );
    expect([...new Set(whole.map(({ rows }) => rows))].sort()).toEqual(['f f f f', 't t t t']);
    expect(await record.sql('SELECT sum(live)::int AS live, sum(ended)::int AS ended FROM session_totals')).toEqual(
      await record.sql(
        `SELECT count(*) FILTER (WHERE status = 'live')::int AS live, count(*) FILTER (WHERE status = 'ended')::int AS ended
         FROM sessions WHERE listed`,
      ),
    );
    expect(
      await record.sql('SELECT FROM session_counts c WHERE NOT EXISTS (SELECT FROM sessions WHERE id = c.session_id)'),
    ).toEqual([]);
    expect(await deadlocks()).toBe('0');
  });
});
