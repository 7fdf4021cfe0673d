import { randomUUID } from 'node:crypto';
import type { ProjectionChange } from '#libs/contracts';
import { SessionStore, TOLD_AT_ONCE, createDataSource } from '../src';
import { type TestDatabase, testDatabase } from './database';

const NO_EVIDENCE = { bad: [], progress: null };
const SESSIONS = 3500;
const PAGE = 500;
/** Of a statement; what a page needs of it is a fraction. */
const ANSWER_WITHIN_MS = 3000;
type Kind = 'preset' | 'host' | 'room';

describe('a change of what many open sessions show', () => {
  let database: TestDatabase;
  let source: TestDatabase['source'];
  const store = () => new SessionStore(source);

  beforeAll(async () => {
    database = await testDatabase();
    source = await createDataSource({
      url: database.url,
      name: 'hurried',
      answerWithinMs: ANSWER_WITHIN_MS,
    }).initialize();
    // So much work per row as on a disk that is busy: all of them together are too much for one statement.
    await database.source.query(
      `CREATE FUNCTION labour() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.0002); RETURN NEW; END'`,
    );
    await database.source.query(
      `CREATE TRIGGER labour BEFORE UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION labour()`,
    );
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  /** Thousands of live sessions that show one entity of the kind; gives its id. */
  async function shownByMany(kind: Kind): Promise<string> {
    const [entity, room] = [randomUUID(), randomUUID()];
    const roomId = { preset: null, host: room, room: entity }[kind];
    if (kind === 'host') {
      await store().recordDirectorySlice(
        [{ fact: { id: room, kind: 'room', at: 1, offset: '1', state: { host_id: entity } }, loggable: null }],
        NO_EVIDENCE,
      );
    }
    await database.source.query(
      `WITH made AS (
         INSERT INTO sessions (id, version, room_id, preset_id, status, created_at, updated_at, listed, deleted)
       SELECT gen_random_uuid(), 1, $1, $2, 'scheduled', now(), now(), true, false
       FROM generate_series(1, $3)
         RETURNING id, version, room_id)
       INSERT INTO session_folds SELECT id, version, room_id, '', '{"t":[]}' FROM made`,
      [roomId, kind === 'preset' ? entity : null, SESSIONS],
    );
    return entity;
  }

  async function change(kind: Kind, id: string, at: number): Promise<ProjectionChange[]> {
    const fact = { id, kind, at, offset: '1', state: { name: `of ${at}` } };
    return (await store().recordDirectorySlice([{ fact, loggable: null }], NO_EVIDENCE)).changes;
  }

  async function versions(kind: Kind, entity: string): Promise<Record<string, number>> {
    const column = {
      preset: 'preset_id = $1',
      room: 'room_id = $1',
      host: `room_id IN (SELECT id FROM reference_data WHERE state ->> 'host_id' = $1::text)`,
    }[kind];
    const rows = (await database.source.query(
      `SELECT version, count(*)::int AS count FROM sessions WHERE ${column} GROUP BY version ORDER BY version`,
      [entity],
    )) as { version: string; count: number }[];
    return Object.fromEntries(rows.map(({ version, count }) => [version, count]));
  }

  const sessionsOf = (changes: readonly ProjectionChange[]) =>
    changes.flatMap((one) => (one.kind === 'session' ? [one.id] : []));

  /** A store of a new process each time, as if each had ended after its page. */
  async function tellTheRest(): Promise<string[]> {
    const told: string[] = [];
    for (;;) {
      const page = await store().fanOut(PAGE);
      if (page === null) return told;
      const ids = sessionsOf(page.changes);
      expect(ids.length).toBeLessThanOrEqual(PAGE);
      told.push(...ids);
    }
  }

  it.each<Kind>(['preset', 'host', 'room'])('reaches each of them once, in pages: of a %s', async (kind) => {
    const entity = await shownByMany(kind);
    const first = sessionsOf(await change(kind, entity, 2));
    expect(first).toHaveLength(TOLD_AT_ONCE);
    expect(await store().fanOutBacklog()).toEqual({ entities: 1, since: expect.any(Number) });
    expect(await versions(kind, entity)).toEqual({ 1: SESSIONS - TOLD_AT_ONCE, 2: TOLD_AT_ONCE });
    const told = [...first, ...(await tellTheRest())];
    expect(new Set(told).size).toBe(SESSIONS);
    expect(told).toHaveLength(SESSIONS);
    expect(await versions(kind, entity)).toEqual({ 2: SESSIONS });
    expect(await store().fanOutBacklog()).toEqual({ entities: 0, since: null });
  });

  it('is noted in the outbox page by page, for the case that the process ends before it has told Redis', async () => {
    const entity = await shownByMany('preset');
    await database.source.query('DELETE FROM outbox');
    await change('preset', entity, 2);
    await tellTheRest();
    const [noted] = (await database.source.query(
      `SELECT count(DISTINCT noted.id)::int AS sessions FROM outbox, unnest(sessions) AS noted (id)`,
    )) as { sessions: number }[];
    expect(noted).toEqual({ sessions: SESSIONS });
  });

  it('begins anew when the entity changes again on the way', async () => {
    const entity = await shownByMany('preset');
    await change('preset', entity, 2);
    await store().fanOut(PAGE);
    await change('preset', entity, 3);
    await tellTheRest();
    expect(await versions('preset', entity)).toEqual({ 2: SESSIONS - TOLD_AT_ONCE - PAGE, 3: TOLD_AT_ONCE + PAGE });
  });

  it('of thousands of entities that few show is told in few pages', async () => {
    const presets = Array.from({ length: 1200 }, () => randomUUID());
    await database.source.query(
      `WITH made AS (
         INSERT INTO sessions (id, version, preset_id, status, created_at, updated_at, listed, deleted)
       SELECT gen_random_uuid(), 1, preset, 'scheduled', now(), now(), true, false
       FROM unnest($1::uuid[]) AS given (preset)
         RETURNING id, version, room_id)
       INSERT INTO session_folds SELECT id, version, room_id, '', '{"t":[]}' FROM made`,
      [presets],
    );
    const facts = presets.map((id) => ({
      fact: { id, kind: 'preset' as const, at: 2, offset: '1', state: {} },
      loggable: null,
    }));
    const told = sessionsOf((await store().recordDirectorySlice(facts, NO_EVIDENCE)).changes);
    let pages = 0;
    for (let page = await store().fanOut(PAGE); page !== null; page = await store().fanOut(PAGE)) {
      told.push(...sessionsOf(page.changes));
      pages += 1;
    }
    expect(pages).toBeLessThan(10);
    expect(told).toHaveLength(presets.length);
    expect(new Set(told).size).toBe(presets.length);
  });

  it('reaches each once whose room is one of many of a host, and who shows two that changed', async () => {
    const [host, preset] = [randomUUID(), randomUUID()];
    const rooms = Array.from({ length: 40 }, () => randomUUID());
    await store().recordDirectorySlice(
      rooms.map((id) => ({ fact: { id, kind: 'room', at: 1, offset: '1', state: { host_id: host } }, loggable: null })),
      NO_EVIDENCE,
    );
    await database.source.query(
      `WITH made AS (
         INSERT INTO sessions (id, version, room_id, preset_id, status, created_at, updated_at, listed, deleted)
       SELECT gen_random_uuid(), 1, room, $2, 'scheduled', now(), now(), true, false
       FROM unnest($1::uuid[]) AS given (room), generate_series(1, 30)
         RETURNING id, version, room_id)
       INSERT INTO session_folds SELECT id, version, room_id, '', '{"t":[]}' FROM made`,
      [rooms, preset],
    );
    await change('host', host, 2);
    await tellTheRest();
    expect(await versions('host', host)).toEqual({ 2: 1200 });
    await store().recordDirectorySlice(
      [rooms[0] ?? '', preset].map((id, at) => ({
        fact: { id, kind: at === 0 ? 'room' : 'preset', at: 3, offset: '1', state: { host_id: host } },
        loggable: null,
      })),
      NO_EVIDENCE,
    );
    await tellTheRest();
    const grown = await versions('preset', preset);
    expect(grown[2]).toBeUndefined();
    expect(Object.values(grown).reduce((sum, count) => sum + count, 0)).toBe(1200);
  });

  it('of an older state reaches nobody', async () => {
    const entity = await shownByMany('preset');
    await change('preset', entity, 2);
    await tellTheRest();
    expect(sessionsOf(await change('preset', entity, 1))).toEqual([]);
    expect(await store().fanOut(PAGE)).toBeNull();
  });
});
