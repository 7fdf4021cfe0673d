import { readFileSync } from 'node:fs';
import { readEvent } from '#libs/contracts';
import { decodeRecord } from '#libs/session';
import type { DataSource } from 'typeorm';
import { type Told, expectedSessions } from '../../../test/given/expected-sessions';
import { SessionStore, createDataSource, migrate } from '../src';
import { RecordTables1764800000000 } from '../src/migrations/1764800000000-record-tables';
import { type TestDatabase, testDatabase } from './database';
import { toRecord } from './to-record';

/** As tools wrote it down: what the last store before the migration made of the events of 23 sessions. */
const FIXTURE = readFileSync(`${__dirname}/fixtures/before-record-tables.sql`, 'utf8');
const T = Date.UTC(2026, 10, 20, 12);
const WATERMARK = T + 400_000;
const session = (n: number) => `00000005-0000-4000-8000-${String(n).padStart(12, '0')}`;
const room = (n: number) => `00000007-0000-4000-8000-${String(n).padStart(12, '0')}`;

interface LoggedRow {
  id: string;
  source: string;
  type: string;
  subject: string;
  at: string;
  broker: string | null;
  time: string;
  seq: string;
  payload: Record<string, unknown> | null;
}

/** What the log of three sessions lacks; of one of them only a heartbeat, whose time its fold has. */
const LOST: Told[] = [
  lost('session.started.v1', 20, 10, {}),
  lost('session.started.v1', 20, 20, {}),
  lost('session.started.v1', 21, 0, { room_id: room(12), title: 'Gone', lease_seconds: 20 }),
  lost('session.heartbeat.v1', 21, 5, {}),
  lost('session.ended.v1', 21, 8, {}),
  lost('session.heartbeat.v1', 23, 330, {}),
];

function lost(type: string, n: number, second: number, data: Record<string, unknown>): Told {
  const ms = T + second * 1000;
  const subject = session(n);
  return {
    id: `lost ${n} ${second}`,
    source: '/studio',
    type,
    subject,
    at: ms * 1000,
    broker: ms + 3,
    sequence: 0n,
    data,
  };
}

describe('a record of the older version', () => {
  let database: TestDatabase;
  let source: DataSource;
  let told: Told[];
  const notices: string[] = [];

  const sql = <R>(text: string, values: unknown[] = []): Promise<R[]> => source.query(text, values);

  beforeAll(async () => {
    database = await testDatabase({ before: 'RecordTables1764800000000' });
    await database.source.query(FIXTURE);
    const rows = (await database.source.query(
      `SELECT id, source, type, subject, extract(epoch FROM at) * 1000 AS at, extract(epoch FROM time) * 1000 AS time,
         extract(epoch FROM broker_time) * 1000 AS broker, seq, payload FROM event_log WHERE type LIKE 'session.%'`,
    )) as LoggedRow[];
    told = [...rows.map(toldOf), ...LOST];
    source = await createDataSource({ url: database.url, name: 'migrated' }).initialize();
    await migrated();
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  async function migrated(): Promise<void> {
    const runner = source.createQueryRunner();
    const client = (await runner.connect()) as { on(event: 'notice', listener: (notice: Error) => void): void };
    client.on('notice', ({ message }) => notices.push(message));
    await runner.startTransaction();
    await new RecordTables1764800000000().up(runner);
    await runner.query(`INSERT INTO migrations (timestamp, name) VALUES (1764800000000, 'RecordTables1764800000000')`);
    await runner.commitTransaction();
    await runner.release();
    await migrate(source);
  }

  it('is the same after the migration, but for what the new rules say', async () => {
    const expected = expectedSessions(told, WATERMARK);
    const rows = await sql<Record<string, unknown>>('SELECT * FROM sessions ORDER BY id');
    expect(rows).toHaveLength(expected.size);
    for (const row of rows) {
      const { fields, lease_ms: _lease, created_at, ...rest } = expected.get(row['id'] as string) ?? { fields: {} };
      const wanted: Record<string, unknown> = { ...fields, ...rest, ...(created_at != null && { created_at }) };
      const has = Object.fromEntries(Object.keys(wanted).map((name) => [name, plain(row[name])]));
      // Nobody looks at what was deleted any more.
      if (row['deleted']) continue;
      expect(has).toEqual(wanted);
    }
  });

  it('says how many sessions were folded anew, and how many could not', () => {
    expect(notices.join()).toContain('21 sessions folded anew, 2 whose log is not whole kept as they were');
  });

  it('has the versions of before, one more where the new rules show another content', async () => {
    const before = [...FIXTURE.matchAll(/^\('(00000005[^']*)', '(\d+)'/gm)].map(([, id, version]) => [
      id,
      Number(version),
    ]);
    const after = await sql<{ id: string; version: string }>(
      'SELECT s.id, s.version FROM sessions s JOIN session_folds f ON (f.id, f.version) = (s.id, s.version) ORDER BY s.id',
    );
    const grown = after.filter(({ version }, n) => Number(version) !== before[n]?.[1]).map(({ id }) => id);
    expect(after).toHaveLength(23);
    // Who said two rooms, who lives in the first of them, and whom a start took over that was neither a first nor a last.
    expect(grown).toEqual([session(6), session(7), session(10)]);
  });

  it('notes for Redis what is shown otherwise', async () => {
    expect(await sql('SELECT sessions FROM outbox')).toContainEqual({ sessions: [6, 7, 10].map(session) });
  });

  it('has a claim per start; of a session whose log is not whole the first and the last', async () => {
    const claims = await sql<{ session_id: string; at: string; room_id: string | null }>(
      `SELECT session_id, (extract(epoch FROM at) * 1000)::bigint AS at, room_id FROM room_claims ORDER BY session_id, at`,
    );
    const of = (n: number) => claims.filter(({ session_id: id }) => id === session(n));
    const seconds = (n: number) => of(n).map(({ at }) => (Number(at) - T) / 1000);
    expect([6, 9, 10, 11, 14, 19, 20, 21].map(seconds)).toEqual([
      [0, 40],
      [0, 20, 60],
      [10],
      [0],
      [],
      [-3600],
      [10, 30],
      [0],
    ]);
    expect(of(6).map(({ room_id: id }) => id)).toEqual([room(5), room(5)]);
  });

  it('has folds and signals that the next look and the next event go on from', async () => {
    const store = new SessionStore(source);
    const versions = () => sql('SELECT id, version FROM sessions ORDER BY id');
    const before = await versions();
    await store.checkDue(WATERMARK);
    expect(await versions()).toEqual(before);
    const [five] = await sql<{ fold: string; calm: boolean; due: Date; last_signal_at: Date }>(
      `SELECT * FROM session_folds JOIN session_signals ON session_id = id WHERE id = $1`,
      [session(5)],
    );
    const signal = T + 320_003;
    expect(five).toMatchObject({ calm: true, last_signal_at: new Date(signal), due: new Date(signal + 300_000) });
    expect(decodeRecord(session(5), five?.fold ?? '').last_start?.at).toBe((T + 300_000) * 1000);
    const { changes: ended } = await store.checkDue(T + 3_600_000);
    expect(ended.map(({ id }) => id).sort()).toEqual([5, 23].map(session));
  });

  async function redelivered(id: string, type: string, time: string, data: object) {
    const sent = { specversion: '1.0', id, source: '/studio', type, subject: session(1), time, data };
    const { changes } = await new SessionStore(source).recordSessionSlice([toRecord(sent, 0, Date.parse(time) + 3)], {
      bad: [],
      progress: null,
    });
    return changes;
  }

  it('knows the events that it has: a redelivery is no conflict, and changes nothing', async () => {
    const changes = await redelivered('e0', 'session.scheduled.v1', new Date(T).toISOString(), {
      room_id: room(1),
      title: 'One',
      mode: 'webcam',
      scheduled_start_time: new Date(T + 60_000).toISOString(),
    });
    expect(changes).toEqual([{ kind: 'removed', id: session(1), version: 1, why: 'ended' }]);
    expect(await sql('SELECT 1 FROM quarantine')).toEqual([]);
  });

  it('knows those too that had digits below the millisecond, which it lost; other data of theirs is a conflict', async () => {
    const time = new Date(T + 60_000).toISOString().replace('Z', '417Z');
    const claims = await sql('SELECT * FROM room_claims WHERE session_id = $1', [session(1)]);
    const changes = await redelivered('e1', 'session.started.v1', time, { lease_seconds: 60 });
    expect(changes).toEqual([{ kind: 'removed', id: session(1), version: 1, why: 'ended' }]);
    expect(await sql('SELECT 1 FROM quarantine')).toEqual([]);
    expect(await sql('SELECT * FROM room_claims WHERE session_id = $1', [session(1)])).toEqual(claims);
    await redelivered('e1', 'session.started.v1', time, { lease_seconds: 61 });
    expect(await sql('SELECT reason FROM quarantine')).toEqual([{ reason: 'id-conflict' }]);
  });

  it('has its log, of what can be read as it was sent', async () => {
    const rows = await sql<{ entries: string; topic: string | null }>(
      'SELECT entries, topic FROM session_log WHERE subject = $1',
      [session(1)],
    );
    const entries = rows.flatMap(
      ({ entries: text }) => JSON.parse(text) as [null, number, number, string, [], object][],
    );
    expect(entries.map(([offset, at, , did]) => [offset, at / 1e6 - T / 1000, did])).toEqual([
      [null, 0, 'applied'],
      [null, 60, 'applied'],
      [null, 120, 'applied'],
    ]);
    for (const [, at, broker, , , event] of entries) {
      const read = readEvent('sessions', {
        key: Buffer.from(session(1)),
        value: Buffer.from(JSON.stringify(event)),
        headers: {},
        timestamp: broker,
      });
      expect(read).toMatchObject({ ok: true, at });
    }
    const [kept] = await sql<{ n: number }>(`SELECT count(*)::int AS n FROM event_inbox`);
    expect(kept).toEqual({ n: told.filter(({ type }) => type !== 'session.heartbeat.v1').length - 4 + 1 });
  });
});

function toldOf({ id, source, type, subject, at, broker, time, seq, payload }: LoggedRow): Told {
  const clamped = broker === null ? Number(at) * 1000 : Math.min(Number(time) * 1000, Number(broker) * 1000 + 999);
  const brokerMs = broker === null ? Number(at) : Number(broker);
  return { id, source, type, subject, at: clamped, broker: brokerMs, sequence: BigInt(seq), data: payload ?? {} };
}

function plain(value: unknown): unknown {
  return value instanceof Date ? value.getTime() : value;
}
