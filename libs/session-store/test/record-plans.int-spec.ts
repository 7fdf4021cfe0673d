import { randomUUID } from 'node:crypto';
import { SessionStore } from '../src';
import { AskedPlans, type Plan } from './asked-plans';
import { type TestDatabase, testDatabase } from './database';
import { type Sent, event } from './given-record';
import { writeManySessions } from './many-sessions';
import { toRecord } from './to-record';

const T = Date.UTC(2026, 10, 24, 10);
const SESSIONS = 40_000;
const LEASE_SECONDS = 60;
/** They left the record. */
const GONE = 40_000;

describe('what ingest and watchdog ask', () => {
  let database: TestDatabase;
  let asked: AskedPlans;

  beforeAll(async () => {
    database = await testDatabase();
    const ids = await writeManySessions(database.source, {
      sessions: SESSIONS,
      rooms: 100,
      at: T,
      leaseSeconds: LEASE_SECONDS,
    });
    await database.source.query(
      `INSERT INTO session_tombstones SELECT gen_random_uuid(), 1, false, '2026-01-01' FROM generate_series(1, $1::int)`,
      [GONE],
    );
    await database.source.query('ANALYZE session_tombstones');
    asked = await AskedPlans.connect(database.url);
    await ask(ids);
  });
  afterAll(async () => {
    await asked.source.destroy();
    await database.drop();
  });

  /** One slice with all that a slice can have in it, and a look. */
  async function ask(ids: readonly string[]): Promise<void> {
    const store = new SessionStore(asked.source);
    const topic = 't.sessions';
    await database.source.query(`INSERT INTO ingest_progress (topic, partition, next_offset) VALUES ($1, 0, 0)`, [
      topic,
    ]);
    const at = (second: number) => ({ time: new Date(T + second * 1000).toISOString() });
    const [id, room, other] = [randomUUID(), randomUUID(), randomUUID()];
    let from = 0;
    const record = async (...sent: Sent[]) => {
      const nextOffset = String(from + sent.length);
      const progress = { topic, partition: 0, fromOffset: String(from), nextOffset, brokerTime: T };
      const events = sent.map((one, n) => toRecord(one, from + n));
      from += sent.length;
      return store.recordSessionSlice(events, { bad: [], progress });
    };
    const start = event('session.started.v1', id, { room_id: room, title: 'A title' }, at(10));
    await record(start, event('session.started.v1', randomUUID(), { room_id: room }, at(11)));
    // A redelivery, a room that was said before the one that is known, a calm heartbeat, a title, an end.
    await record(
      start,
      event('session.started.v1', id, { room_id: other }, at(9)),
      event('session.heartbeat.v1', ids[0] ?? '', {}, at(12)),
      event('session.updated.v1', ids[1] ?? '', { title: 'Another title' }, at(12)),
      event('session.ended.v1', ids[2] ?? '', {}, at(13)),
    );
    // One that left is on air again, beside one that nobody knows.
    const [back] = (await database.source.query('SELECT id FROM session_tombstones LIMIT 1')) as { id: string }[];
    await record(
      event('session.started.v1', back?.id ?? '', {}, at(14)),
      event('session.started.v1', randomUUID(), {}, at(14)),
    );
    await store.checkDue(T + 31_000, { limit: 20, longestLeaseMs: LEASE_SECONDS * 1000 });
  }

  it('is found by keys and by nothing else', async () => {
    const steps = [
      'pg_advisory',
      'FOR NO KEY UPDATE OF f, s',
      'UPDATE session_folds',
      'UPDATE session_signals',
      'room_claims',
      'FROM session_tombstones WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE',
      'DELETE FROM session_tombstones',
    ];
    for (const step of steps) expect(asked.texts.some((text) => text.includes(step))).toBe(true);
    // As the ways ask within their transactions; before those they ask for calm sessions and for what is due.
    const asInStep = (text: string) => !/SKIP LOCKED|ORDER BY due|AND calm$/.test(text.trim());
    const isBad = (node: Plan) => !SMALL.has(node['Relation Name'] ?? '') && asked.isWhole(node);
    expect(await asked.nodesThatAre(isBad, asInStep)).toEqual([]);
  });
});

/** They have a row each, or a few. */
const SMALL = new Set(['ingest_progress', 'quarantine_total', 'quarantine_sources', 'outbox']);
