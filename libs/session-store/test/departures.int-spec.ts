import { randomUUID } from 'node:crypto';
import { LeavingSessions } from '../src/retention/leaving-sessions';
import { CountsOfNoSession } from '../src/retention/counts-of-no-session';
import type { Leaving } from '../src/retention/leaving';
import { GivenRecord, NOW, event } from './given-record';

const DAY = 86_400_000;
const LONG_AFTER = NOW + 40 * DAY;
const EVERYWHERE = [
  'sessions',
  'session_folds',
  'session_signals',
  'session_texts',
  'session_counts',
  'viewer_buckets',
  'room_claims',
];

describe('sessions that leave', () => {
  let record: GivenRecord;
  beforeAll(async () => {
    record = await GivenRecord.make();
  });
  afterAll(() => record.close());
  beforeEach(() => record.sql(`TRUNCATE ${EVERYWHERE.join(', ')}, session_tombstones, session_totals, outbox`));

  const at = (seconds: number) => ({ time: new Date(NOW - 3_600_000 + seconds * 1000).toISOString() });
  const start = (id: string, seconds: number, data: object = {}) =>
    event('session.started.v1', id, { title: 'A show', ...data }, at(seconds));
  const end = (id: string, seconds: number) => event('session.ended.v1', id, {}, at(seconds));
  const count = (id: string, seconds: number) => event('viewers.counted.v1', id, { viewer_count: 5 }, at(seconds));
  const leave = async (leaving: Leaving, now: number) => {
    let [rows, steps] = [0, 0];
    for (let more = true; more; steps += 1) {
      const step = await leaving.step(record.source, now);
      expect(step.rows).toBeLessThanOrEqual(5000);
      rows += step.rows;
      ({ more } = step);
    }
    return rows;
  };
  const where = async (id: string) => {
    const found: string[] = [];
    for (const table of EVERYWHERE) {
      const key = table === 'sessions' || table === 'session_folds' ? 'id' : 'session_id';
      if ((await record.sql(`SELECT FROM ${table} WHERE ${key} = $1`, [id])).length > 0) found.push(table);
    }
    return found;
  };
  const totals = async () =>
    (await record.sql('SELECT sum(live)::int AS live, sum(ended)::int AS ended FROM session_totals'))[0];
  const shown = async (id: string) =>
    (await record.sql<Record<string, unknown>>('SELECT * FROM sessions WHERE id = $1', [id]))[0];

  it('take with them all that hangs on them, and leave a tombstone', async () => {
    const [gone, kept] = [randomUUID(), randomUUID()];
    await record.sessions(start(gone, 1, { room_id: randomUUID() }), start(kept, 2), end(gone, 3));
    await record.viewers(count(gone, 1), count(gone, 2), count(kept, 3));
    expect(await where(gone)).toEqual(EVERYWHERE);
    const ended = new LeavingSessions('sessions_ended', 30);
    expect(await leave(ended, NOW + 20 * DAY)).toBe(0);
    expect(await ended.plan(record.source, LONG_AFTER)).toEqual([
      { what: `delete sessions_ended before ${new Date(LONG_AFTER - 30 * DAY).toISOString()}`, rows: 1 },
    ]);
    await record.sql('DELETE FROM outbox');
    expect(await leave(ended, LONG_AFTER)).toBe(7);
    expect(await where(gone)).toEqual([]);
    expect(await where(kept)).toEqual(EVERYWHERE.filter((table) => table !== 'room_claims').concat('room_claims'));
    expect(await record.sql('SELECT id, version, deleted FROM session_tombstones')).toEqual([
      { id: gone, version: '1', deleted: false },
    ]);
    expect(await totals()).toEqual({ live: 1, ended: 0 });
    expect(await record.sql('SELECT sessions FROM outbox')).toEqual([{ sessions: [gone] }]);
    expect(await record.store.projectable([{ kind: 'session', id: gone }])).toEqual([
      { kind: 'removed', id: gone, version: 1, why: 'ended' },
    ]);
  });

  it('stay gone when their events come again', async () => {
    const id = randomUUID();
    const said = [start(id, 1), end(id, 3), event('session.heartbeat.v1', id, {}, at(4))];
    await record.sessions(...said);
    await leave(new LeavingSessions('sessions_ended', 30), LONG_AFTER);
    await record.sql('TRUNCATE event_inbox');
    expect(await record.sessions(...said)).toEqual([]);
    expect(await where(id)).toEqual([]);
  });

  it('go on with a greater version when something new is said, and what was said before stays away', async () => {
    const id = randomUUID();
    const said = [start(id, 1), end(id, 3)];
    await record.sessions(...said);
    await record.sessions(event('session.updated.v1', id, { title: 'Another' }, at(3)));
    const { version } = (await shown(id)) ?? {};
    await leave(new LeavingSessions('sessions_ended', 30), LONG_AFTER);
    const again = event('session.started.v1', id, {}, { time: new Date(LONG_AFTER + DAY).toISOString() });
    await record.sessionsAt(() => LONG_AFTER + DAY, again);
    expect(await shown(id)).toMatchObject({ status: 'live', title: null, listed: true });
    expect(Number((await shown(id))?.['version'])).toBeGreaterThan(Number(version));
    const before = await shown(id);
    await record.sql('TRUNCATE event_inbox');
    await record.sessions(...said);
    expect(await shown(id)).toEqual(before);
    expect(await record.sql('SELECT at FROM room_claims WHERE session_id = $1', [id])).toHaveLength(1);
    expect(await totals()).toEqual({ live: 1, ended: 0 });
    expect(await record.sql('SELECT FROM session_tombstones')).toEqual([]);
  });

  it('stay deleted if they were, whatever is said', async () => {
    const id = randomUUID();
    await record.sessions(start(id, 1), event('session.deleted.v1', id, {}, at(3)));
    await leave(new LeavingSessions('sessions_unlisted', 8), LONG_AFTER);
    expect(await where(id)).toEqual([]);
    const again = event('session.started.v1', id, {}, { time: new Date(LONG_AFTER + DAY).toISOString() });
    await record.sessionsAt(() => LONG_AFTER + DAY, again);
    expect(await shown(id)).toMatchObject({ deleted: true, listed: false });
  });

  it('leave the claims that say what took over a session that stays, and no others', async () => {
    const [kept, takes, later, last] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const room = { room_id: randomUUID() };
    await record.sessions(start(kept, 1, room), start(takes, 2, room), start(later, 3, room), end(later, 4));
    await record.sql(`UPDATE sessions SET updated_at = $2 WHERE id = $1`, [kept, new Date(LONG_AFTER)]);
    const before = await shown(kept);
    expect(before).toMatchObject({ status: 'ended', end_reason: 'superseded' });
    await leave(new LeavingSessions('sessions_ended', 30), LONG_AFTER);
    expect(await where(takes)).toEqual(['room_claims']);
    expect(await where(later)).toEqual([]);
    const newStart = { time: new Date(LONG_AFTER + DAY).toISOString() };
    await record.sessionsAt(() => LONG_AFTER + DAY, event('session.started.v1', last, room, newStart));
    await record.sessionsAt(
      () => LONG_AFTER + DAY,
      event('session.updated.v1', kept, { title: 'Looked at' }, newStart),
    );
    expect(await shown(kept)).toMatchObject({ end_reason: 'superseded', ended_at: before?.['ended_at'] });
    await leave(new LeavingSessions('sessions_ended', 30), LONG_AFTER + 40 * DAY);
    expect(await record.sql('SELECT session_id FROM room_claims')).toEqual([{ session_id: last }]);
  });

  it('are only those that were long enough silent', async () => {
    const [beats, counted, edited] = [randomUUID(), randomUUID(), randomUUID()];
    await record.sessions(
      event('session.heartbeat.v1', beats, {}, at(1)),
      event('session.updated.v1', counted, { title: 'A title' }, at(1)),
      event('session.updated.v1', edited, { title: 'A title' }, at(1)),
    );
    await record.viewers(count(counted, 1));
    await record.sql(`UPDATE session_signals SET last_signal_at = $2 WHERE session_id = $1`, [
      beats,
      new Date(LONG_AFTER),
    ]);
    await record.sql(`UPDATE session_counts SET viewer_count_at = $2 WHERE session_id = $1`, [
      counted,
      new Date(LONG_AFTER),
    ]);
    const unlisted = new LeavingSessions('sessions_unlisted', 8);
    expect(await unlisted.oldest(record.source, NOW + DAY)).toBeGreaterThan(0);
    await leave(unlisted, LONG_AFTER);
    expect([await where(edited), (await where(beats)).length, (await where(counted)).length]).toEqual([[], 3, 6]);
  });

  it('may be known by their counts alone', async () => {
    const [alone, started, still] = [randomUUID(), randomUUID(), randomUUID()];
    await record.viewers(count(alone, 1), count(started, 1), count(still, 1));
    await record.sessions(start(started, 2));
    const counts = new CountsOfNoSession(8);
    expect(await counts.oldest(record.source, NOW)).toBe(3_600_000 - 1000);
    await record.sql(`UPDATE session_counts SET viewer_count_at = $2 WHERE session_id = $1`, [
      still,
      new Date(LONG_AFTER),
    ]);
    await leave(counts, LONG_AFTER);
    expect([await where(alone), await where(started), await where(still)]).toEqual([
      [],
      EVERYWHERE,
      ['session_counts', 'viewer_buckets'],
    ]);
    expect(await counts.plan(record.source, LONG_AFTER)).toEqual([]);
    await leave(counts, LONG_AFTER + 9 * DAY);
    expect(await where(still)).toEqual([]);
  });

  it('leave in steps however much one of them has', async () => {
    const id = randomUUID();
    await record.sessions(start(id, 1), end(id, 2));
    await record.viewers(count(id, 1));
    await record.sql(
      `INSERT INTO viewer_buckets SELECT session_id, bucket - n * interval '10 s', min, max, last, last_at, seq, source, event_id
       FROM viewer_buckets, generate_series(1, 7000) n WHERE session_id = $1`,
      [id],
    );
    for (const grain of ['viewer_minutes', 'viewer_hours'])
      await record.sql(
        `INSERT INTO ${grain} SELECT session_id, bucket, min, max, last, last_at, seq, source, event_id FROM viewer_buckets LIMIT 2000`,
      );
    await record.sql(
      `INSERT INTO room_claims SELECT session_id, at + n * interval '1 ms', seq, source, event_id, room_id
       FROM room_claims, generate_series(1, 4000) n WHERE session_id = $1`,
      [id],
    );
    expect(await leave(new LeavingSessions('sessions_ended', 30), LONG_AFTER)).toBeGreaterThan(15_000);
    expect(await where(id)).toEqual([]);
    expect(await record.sql('SELECT FROM viewer_minutes UNION ALL SELECT FROM viewer_hours')).toEqual([]);
  });
});
