import { randomUUID } from 'node:crypto';
import { type ProjectionChange, type TopicName, listQuery, readEvent } from '#libs/contracts';
import { ProjectionEpochs, SessionStore, createDataSource, migrate } from '../src';
import { type TestDatabase, testDatabase } from './database';

const NOW = Date.UTC(2026, 10, 24, 12);
const NOTHING = { bad: [], progress: null };

function event(type: string, subject: string, at: number, data: object = {}, rest: object = {}) {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: '/studio',
    type,
    subject,
    time: new Date(at).toISOString(),
    data,
    ...rest,
  };
}

/** As the broker has it that got it at once. */
function parsed<T extends TopicName>(topic: T, sent: { subject: string; time: string }) {
  const record = {
    key: Buffer.from(sent.subject),
    value: Buffer.from(JSON.stringify(sent)),
    headers: {},
    timestamp: Math.min(NOW, Date.parse(sent.time)),
  };
  const read = readEvent(topic, record);
  if (!read.ok || read.kind !== 'event') throw new Error(`not readable: ${JSON.stringify(read)}`);
  const origin = {
    place: { topic: `t.${topic}`, partition: 0, offset: String(Math.floor(Math.random() * 1e12)) },
    record,
  };
  return { event: read.event, at: read.at, brokerTime: read.brokerTime, origin };
}

describe('the record', () => {
  let database: TestDatabase;
  let store: SessionStore;

  beforeAll(async () => {
    database = await testDatabase();
    store = new SessionStore(database.source);
  });
  afterAll(() => database.drop());

  const recordSessions = async (...sent: ReturnType<typeof event>[]) => {
    const events = sent
      .map((one) => parsed('sessions', one))
      .map((one) => ({ ...one, fact: { ...one.event, at: one.at, brokerTime: one.brokerTime } }));
    return (await store.recordSessionSlice(events, NOTHING)).changes;
  };
  const recordCounts = async (...sent: ReturnType<typeof event>[]) => {
    const recorded = await store.recordViewerSlice(
      sent
        .map((one) => parsed('viewers', one))
        .map(({ event: { subject, sequence, source, id, data }, at }) => ({
          subject,
          sequence,
          source,
          id,
          at,
          viewer_count: data.viewer_count,
        })),
      NOTHING,
    );
    return recorded.changes;
  };
  const list = (query: object = {}) => store.list(listQuery.parse(query), NOW);
  const find = (changes: ProjectionChange[], id: string) => changes.filter((change) => change.id === id);

  it('gives the touched rows to project, and grows the version by one per effective change', async () => {
    const id = randomUUID();
    const started = event('session.started.v1', id, NOW - 60_000, { title: 'On air' });
    expect(find(await recordSessions(started), id)).toEqual([
      expect.objectContaining({
        kind: 'session',
        version: 1,
        session: expect.objectContaining({ status: 'live', title: 'On air' }),
      }),
    ]);
    expect(find(await recordSessions(started, started), id)).toMatchObject([{ kind: 'session', version: 1 }]);
    const beat = event('session.heartbeat.v1', id, NOW - 30_000);
    expect(find(await recordSessions(beat), id)).toMatchObject([{ version: 2, session: { health: 'ok' } }]);
    // It only says once more what is known: nobody is told.
    expect(await recordSessions(event('session.heartbeat.v1', id, NOW - 20_000))).toEqual([]);
    expect(find(await recordSessions(event('session.ended.v1', id, NOW)), id)).toEqual([
      { kind: 'removed', id, version: 3, why: 'ended' },
    ]);
  });

  it('derives the other sessions of a room in the same transaction', async () => {
    const [room, first, second] = [randomUUID(), randomUUID(), randomUUID()];
    await recordSessions(event('session.started.v1', first, NOW - 60_000, { room_id: room }));
    const changes = await recordSessions(event('session.started.v1', second, NOW - 30_000, { room_id: room }));
    expect(find(changes, first)).toEqual([{ kind: 'removed', id: first, version: 2, why: 'ended' }]);
    expect((await store.get(first))?.session).toMatchObject({
      status: 'ended',
      end_reason: 'superseded',
      ended_at: NOW - 30_000,
    });
    expect((await store.get(second))?.activeSessionId).toBe(second);
  });

  it('quarantines an identity that comes with other data, and folds the first', async () => {
    const id = randomUUID();
    const one = event('session.started.v1', id, NOW - 60_000, { title: 'The first' });
    await recordSessions(one);
    await recordSessions({ ...one, data: { title: 'The second' } });
    expect((await store.get(id))?.session.title).toBe('The first');
    const rows = (await database.source.query(`SELECT reason FROM quarantine WHERE key = $1`, [
      Buffer.from(id),
    ])) as unknown[];
    expect(rows).toEqual([{ reason: 'id-conflict' }]);
  });

  it('folds counts by their own order, keeps the peak, and projects them for open sessions only', async () => {
    const id = randomUUID();
    expect(await recordCounts(event('viewers.counted.v1', id, NOW - 50_000, { viewer_count: 10 }))).toEqual([]);
    const changes = await recordSessions(event('session.started.v1', id, NOW - 60_000, { title: 'Counted' }));
    expect(find(changes, id)).toMatchObject([
      { kind: 'session' },
      { kind: 'counts', version: 1, counts: { viewer_count: 10 } },
    ]);
    const late = event('viewers.counted.v1', id, NOW - 55_000, { viewer_count: 99 });
    const newest = event('viewers.counted.v1', id, NOW - 10_000, { viewer_count: 7 });
    expect(await recordCounts(newest, late)).toMatchObject([
      { kind: 'counts', version: 2, counts: { viewer_count: 7, max_viewers: 99, max_viewers_at: NOW - 55_000 } },
    ]);
    expect(await recordCounts(late, newest)).toMatchObject([{ version: 2 }]);
    const buckets = await database.source.query(
      `SELECT extract(epoch FROM bucket) * 1000 AS at, min, max, last FROM viewer_buckets WHERE session_id = $1 ORDER BY bucket`,
      [id],
    );
    expect((buckets as { at: string }[]).map((row) => ({ ...row, at: Number(row.at) - NOW }))).toEqual([
      { at: -60_000, min: 99, max: 99, last: 99 },
      { at: -50_000, min: 10, max: 10, last: 10 },
      { at: -10_000, min: 7, max: 7, last: 7 },
    ]);
  });

  it('keeps the newest reference data, and grows the versions of open sessions that show it', async () => {
    const [host, room, id] = [randomUUID(), randomUUID(), randomUUID()];
    const fact = (entity: string, kind: 'room' | 'host' | null, at: number, offset: string, state: object | null) => ({
      fact: { id: entity, kind, at, offset, state },
      loggable: null,
    });
    await recordSessions(event('session.started.v1', id, NOW - 60_000, { room_id: room }));
    await store.recordDirectorySlice(
      [fact(host, 'host', NOW, '9', { username: 'new' }), fact(room, 'room', NOW, '10', { host_id: host })],
      NOTHING,
    );
    expect((await store.get(id))?.session.version).toBe(2);
    const older = await store.recordDirectorySlice([fact(host, 'host', NOW, '8', { username: 'old' })], NOTHING);
    expect(older.changes).toMatchObject([{ kind: 'host', version: 1, entity: { username: 'new' } }]);
    expect(await store.get(id)).toMatchObject({
      session: { version: 2 },
      host: { username: 'new' },
      room: { id: room },
    });
    const gone = await store.recordDirectorySlice([fact(host, null, NOW + 1, '11', null)], NOTHING);
    expect(gone.changes).toMatchObject([
      { kind: 'host', version: 2, entity: null },
      { kind: 'session', id, version: 3 },
    ]);
    const again = await store.recordDirectorySlice([fact(host, null, NOW + 1, '11', null)], NOTHING);
    expect(again.changes).toMatchObject([{ kind: 'host', version: 2, entity: null }]);
    expect((await store.get(id))?.session.version).toBe(3);
    expect((await store.get(id))?.host).toBeNull();
  });

  it('lists what is listed, every row once, with the total of the same moment', async () => {
    const room = randomUUID();
    const ids = Array.from({ length: 25 }, () => randomUUID());
    await recordSessions(
      ...ids.map((id, n) =>
        event('session.scheduled.v1', id, NOW - n * 1000, { room_id: room, title: `Plan ${n}`, mode: 'rtmp' }),
      ),
      event('session.ended.v1', randomUUID(), NOW, {}),
    );
    const pages = await Promise.all([1, 2, 3].map((page) => list({ room_id: room, limit: '10', page: String(page) })));
    expect(pages.map(({ rows, total }) => [rows.length, total])).toEqual([
      [10, 25],
      [10, 25],
      [5, 25],
    ]);
    expect(pages.flatMap(({ rows }) => rows.map(({ session }) => session.id))).toEqual(ids);
    expect(await list({ room_id: room, q: 'plan 2', sort: 'created_at', order: 'asc' })).toMatchObject({ total: 6 });
    expect(await list({ room_id: room, status: 'live' })).toEqual({ rows: [], total: 0, totalExact: true });
    expect(await list({ room_id: room, q: '%' })).toMatchObject({ total: 0 });
  });

  it('lets a hidden count leak by no filter and no order', async () => {
    const [preset, room] = [randomUUID(), randomUUID()];
    const [hidden, open] = [randomUUID(), randomUUID()];
    await recordSessions(
      event('session.started.v1', hidden, NOW - 60_000, { preset_id: preset, title: 'Hidden' }),
      event('session.started.v1', open, NOW - 60_000, { title: 'Open' }),
    );
    await recordCounts(
      event('viewers.counted.v1', hidden, NOW - 1000, { viewer_count: 500 }),
      event('viewers.counted.v1', open, NOW - 1000, { viewer_count: 5 }),
    );
    const ids = [hidden, open].join(',');
    expect(await list({ ids, min_viewers: '100' })).toMatchObject({ total: 0, rows: [] });
    const sorted = await list({ ids, sort: 'viewer_count' });
    expect(sorted.rows.map(({ session }) => session.id)).toEqual([open, hidden]);
    expect(room).not.toBe(preset);
  });

  it('ends a silent session when the watermark is past its lease, and once', async () => {
    const id = randomUUID();
    await recordSessions(event('session.started.v1', id, NOW - 60_000, { lease_seconds: 30 }));
    expect(find((await store.checkDue(NOW - 40_000)).changes, id)).toMatchObject([
      { session: { health: 'reconnecting' } },
    ]);
    expect(find((await store.checkDue(NOW - 29_000)).changes, id)).toMatchObject([{ kind: 'removed', why: 'ended' }]);
    expect(find((await store.checkDue(NOW)).changes, id)).toEqual([]);
    expect((await store.get(id))?.session).toMatchObject({ end_reason: 'lost', ended_at: NOW - 60_000 });
  });

  it('gives every open session and its reference data in pages', async () => {
    const seen: ProjectionChange[] = [];
    for await (const page of store.pages()) seen.push(...page);
    const [counted] = (await database.source.query(
      `SELECT count(*)::int AS open FROM sessions WHERE listed AND status IN ('scheduled', 'live')`,
    )) as { open: number }[];
    expect(seen.filter(({ kind }) => kind === 'session')).toHaveLength(counted?.open ?? -1);
    expect(seen.filter(({ kind }) => kind === 'removed')).toEqual([]);
    const epochs = new ProjectionEpochs(database.source);
    expect(await epochs.next()).toBeLessThan(await epochs.next());
  });

  it('survives slices that race for the same rooms', async () => {
    const rooms = [randomUUID(), randomUUID()];
    const ids = Array.from({ length: 12 }, () => randomUUID());
    const sent = ids.flatMap((id, n) => [
      event('session.started.v1', id, NOW - 60_000 + n, { room_id: rooms[n % 2] }),
      event('session.updated.v1', id, NOW - 50_000 + n, { title: `Session ${n}` }),
    ]);
    const mixed = (seed: number) => sent.filter((_, n) => (n * 7 + seed) % 3 !== 0);
    await Promise.all(
      [0, 1, 2, 3, 4, 5].map((seed) => recordSessions(...(seed % 2 ? mixed(seed).reverse() : mixed(seed)))),
    );
    const { rows } = await list({ ids: ids.join(','), limit: '100' });
    expect(rows).toHaveLength(12);
    expect(
      rows
        .filter(({ session }) => session.status === 'live')
        .map(({ session }) => session.title ?? '')
        .sort(),
    ).toEqual(['Session 10', 'Session 11']);
  });
});

it('the schema goes up, by several processes at once too, and tells that it does not go back behind the record’s tables', async () => {
  const database = await testDatabase({ migrated: false });
  try {
    const others = await Promise.all(
      [1, 2, 3].map(() => createDataSource({ url: database.url, name: 'other' }).initialize()),
    );
    const ran = await Promise.all(others.map((source) => migrate(source)));
    const all = database.source.migrations.map((migration) => migration.constructor.name);
    expect(all.length).toBeGreaterThan(1);
    expect(ran.flat()).toEqual(all);
    await Promise.all(others.map((source) => source.destroy()));
    const contracts = all.indexOf('RecordTables1764800000000');
    for (const _ of all.slice(contracts + 1)) await database.source.undoLastMigration();
    await expect(database.source.undoLastMigration()).rejects.toThrow('restore a backup');
    expect(await migrate(database.source)).toEqual(all.slice(contracts + 1));
  } finally {
    await database.drop();
  }
});

it('the schema goes up, down and up again as long as it does not contract', async () => {
  const database = await testDatabase({ before: 'RecordTables1764800000000' });
  try {
    const all = database.source.migrations.map((migration) => migration.constructor.name);
    for (const _ of all) await database.source.undoLastMigration();
    expect(await database.source.query(`SELECT 1 FROM pg_class WHERE relname = 'sessions'`)).toEqual([]);
    expect(await migrate(database.source)).toEqual(all);
  } finally {
    await database.drop();
  }
});
