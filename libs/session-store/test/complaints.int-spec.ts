import { randomUUID } from 'node:crypto';
import { type RestSession, listQuery, readEvent } from '#libs/contracts';
import { PUBLIC, presentSession } from '#libs/session';
import type { Ask } from '../src/list/bounded-question';
import { listSessions } from '../src/list/list-sessions';
import { GivenRecord, NOW, event } from './given-record';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

describe('complaints about the record', () => {
  let given: GivenRecord;
  beforeAll(async () => {
    given = await GivenRecord.make();
  });
  afterAll(() => given.close());

  /** An event of so many milliseconds ago. */
  const ago = (ms: number, type: string, subject: string, data: object = {}) =>
    event(type, subject, data, { time: iso(NOW - ms) });
  const start = (ms: number, id: string, data: object = {}) => ago(ms, 'session.started.v1', id, data);
  const end = (ms: number, id: string) => ago(ms, 'session.ended.v1', id);
  const count = (ms: number, id: string, viewers: number) =>
    ago(ms, 'viewers.counted.v1', id, { viewer_count: viewers });

  async function shown(id: string): Promise<RestSession> {
    const found = await given.store.get(id);
    if (!found) throw new Error(`session ${id} is not listed`);
    return presentSession(found, PUBLIC, NOW);
  }

  async function idsOf(parameters: object): Promise<string[]> {
    const { rows } = await given.store.list(listQuery.parse(parameters), NOW);
    return rows.map(({ session }) => session.id);
  }

  it('C2: only a broken lease ends a session, and what was planned for an old one ends no new one', async () => {
    const [room, old, next, beating, again] = ['room', 'old', 'next', 'beating', 'again'].map(() => randomUUID());
    const says = async (ms: number, type: string, id = '', data: object = {}) => {
      given.brokerNow = NOW - ms;
      await given.sessions(ago(ms, type, id, data));
    };
    const heartbeat = 'session.heartbeat.v1';
    await says(100 * SECOND, 'session.started.v1', old, { room_id: room, lease_seconds: 60 });
    await says(99 * SECOND, 'session.started.v1', beating, { lease_seconds: 30 });
    await says(98 * SECOND, 'session.started.v1', again, { lease_seconds: 30 });
    // The look at each is planned by now: one ends and starts again, one gives its room to the next, one beats.
    await says(85 * SECOND, 'session.ended.v1', again);
    await says(80 * SECOND, 'session.started.v1', next, { room_id: room, lease_seconds: 90 });
    for (const seconds of [75, 50, 25, 5]) await says(seconds * SECOND, heartbeat, beating);
    await says(10 * SECOND, 'session.started.v1', again);
    const areLive = async () => {
      for (const id of [next, beating, again]) expect(await shown(id ?? '')).toMatchObject({ status: 'live' });
    };
    await given.store.checkDue(NOW);
    await areLive();
    expect(await shown(old ?? '')).toMatchObject({ status: 'ended', end_reason: 'superseded' });

    // What is said late of the old one, and of a life that is over, is of then.
    await says(SECOND, 'session.ended.v1', old);
    await given.sessions(end(50 * SECOND, again ?? ''));
    await given.store.checkDue(NOW);
    await areLive();

    given.brokerNow = NOW;
    await given.store.checkDue(NOW + 26 * SECOND);
    expect(await shown(beating ?? '')).toMatchObject({ status: 'ended', end_reason: 'lost' });
  });

  it('C4: any order of arrival gives the same final row', async () => {
    const story = (id: string, room: string) => [
      ago(900 * SECOND, 'session.scheduled.v1', id, { room_id: room, title: 'Planned', mode: 'rtmp' }),
      start(600 * SECOND, id, { title: 'As it started', lease_seconds: 60 }),
      ago(590 * SECOND, 'session.updated.v1', id, { title: 'As it was renamed' }),
      end(60 * SECOND, id),
    ];
    const ways = ordersOf([0, 1, 2, 3]).map((order) => ({ order, id: randomUUID(), room: randomUUID() }));
    const stories = ways.map(({ order, id, room }) =>
      order.map((place) => story(id, room)[place] as ReturnType<typeof event>),
    );
    for (const step of [0, 1, 2, 3]) {
      await given.sessions(...stories.map((sent) => sent[step] as ReturnType<typeof event>));
      await given.store.checkDue(NOW - 2 * HOUR);
    }
    const rows = await Promise.all(ways.map(({ id }) => shown(id)));
    const [first, ...others] = rows.map(({ id: _id, room_id: _room, version: _version, ...row }) => row);
    expect(first).toMatchObject({
      status: 'ended',
      title: 'As it was renamed',
      mode: 'rtmp',
      started_at: iso(NOW - 600 * SECOND),
      ended_at: iso(NOW - 60 * SECOND),
    });
    expect(others).toHaveLength(23);
    for (const other of others) expect(other).toEqual(first);
  });

  it('C5: what is stale writes nothing back: no start, no rename and no count of before', async () => {
    const id = randomUUID();
    await given.sessions(start(600 * SECOND, id, { title: 'Old' }));
    await given.sessions(ago(300 * SECOND, 'session.updated.v1', id, { title: 'New' }), end(60 * SECOND, id));
    await given.viewers(count(100 * SECOND, id, 7));
    const before = await shown(id);

    await given.sessions(
      start(500 * SECOND, id, { title: 'Old' }),
      ago(400 * SECOND, 'session.updated.v1', id, { title: 'Old' }),
    );
    await given.viewers(count(200 * SECOND, id, 3));
    const { version, ...after } = await shown(id);
    expect(after).toEqual({ ...after, status: before.status, title: 'New', ended_at: before.ended_at });
    expect(version).toBe(before.version);
    expect((await given.store.get(id))?.counts).toMatchObject({ viewer_count: 7, max_viewers: 7 });
  });

  it('C6: a count is absolute, never negative, and 0 after the end', async () => {
    const id = randomUUID();
    await given.sessions(start(600 * SECOND, id));
    const five = count(500 * SECOND, id, 5);
    // Delivered eight times, by two slices, and said again under another id.
    await given.viewers(five, five, five, five);
    await given.viewers(five, five, five, five, count(499 * SECOND, id, 5));
    expect(await shown(id)).toMatchObject({ viewer_count: 5, max_viewers: 5 });
    await given.viewers(count(450 * SECOND, id, 1));
    expect(await shown(id)).toMatchObject({ viewer_count: 1 });

    const negative = { ...five, data: { viewer_count: -1 } };
    const record = { key: Buffer.from(id), value: Buffer.from(JSON.stringify(negative)), headers: {}, timestamp: NOW };
    expect(readEvent('viewers', record)).toMatchObject({ ok: false, reason: 'schema' });

    await given.sessions(end(400 * SECOND, id));
    expect(await shown(id)).toMatchObject({ viewer_count: 0 });
    await given.viewers(count(390 * SECOND, id, 12));
    expect(await shown(id)).toMatchObject({ viewer_count: 0 });
    await given.sessions(start(300 * SECOND, id));
    await given.viewers(count(410 * SECOND, id, 9));
    expect(await shown(id)).not.toMatchObject({ viewer_count: 9 });
  });

  it('C7: a peak outlives the end, has its time, and is of one session', async () => {
    const [room, first, second] = [randomUUID(), randomUUID(), randomUUID()];
    await given.sessions(start(600 * SECOND, first, { room_id: room }));
    await given.viewers(count(500 * SECOND, first, 40), count(450 * SECOND, first, 3), count(440 * SECOND, first, 40));
    await given.sessions(end(400 * SECOND, first), start(300 * SECOND, second, { room_id: room }));
    const peak = { max_viewers: 40, max_viewers_at: iso(NOW - 500 * SECOND) };
    expect(await shown(first)).toMatchObject({ viewer_count: 0, ...peak });
    expect(await shown(second)).toMatchObject({ viewer_count: null, max_viewers: null, max_viewers_at: null });

    await given.viewers(count(200 * SECOND, second, 8));
    expect(await shown(second)).toMatchObject({ max_viewers: 8, max_viewers_at: iso(NOW - 200 * SECOND) });
    expect(await shown(first)).toMatchObject(peak);
  });

  it('C10: rows and total are of one moment, also where a session comes after each question to Postgres', async () => {
    const tokens = { room_id: randomUUID(), title: 'Comes by', mode: 'rtmp' };
    const comes = () => given.sessions(ago(SECOND, 'session.scheduled.v1', randomUUID(), tokens));
    const ask: Ask = async (text, values) => {
      const rows: unknown = await given.source.query(text, values);
      await comes();
      return rows;
    };
    await comes();
    for (const more of [{}, { status: 'scheduled' }, { q: 'comes' }, { sort: 'viewer_count' }, { sort: 'duration' }]) {
      const query = listQuery.parse({ room_id: tokens.room_id, limit: '100', ...more });
      const { rows, total, totalExact } = await listSessions(ask, query, NOW);
      expect(rows).not.toEqual([]);
      expect({ more, total, totalExact }).toEqual({ more, total: rows.length, totalExact: true });
    }
  });

  it.each([
    'updated_at',
    'created_at',
    'started_at',
    'scheduled_start_time',
    'viewer_count',
    'max_viewers',
    'duration',
  ] as const)('C11: every row is on one page, with its room, host and preset, by %s', async (sort) => {
    const [host, room, preset] = [randomUUID(), randomUUID(), randomUUID()];
    const tokens = { room_id: room, preset_id: preset };
    await given.directory(
      event('host.changed.v1', host, { username: 'mara' }),
      event('room.changed.v1', room, { host_id: host }),
      event('preset.changed.v1', preset, { name: 'Concert', viewer_count_visible: true }),
    );
    // All of one moment: nothing but their ids tells them apart.
    const ids = Array.from({ length: 41 }, () => randomUUID());
    await given.sessions(
      ...ids.map((id) => ago(900 * SECOND, 'session.scheduled.v1', id, { ...tokens, mode: 'rtmp', title: 'Alike' })),
    );
    const rows = [];
    for (const page of ['1', '2', '3', '4', '5']) {
      const asked = { room_id: room, limit: '10', page, ...(sort !== 'updated_at' && { sort }) };
      rows.push(...(await given.store.list(listQuery.parse(asked), NOW)).rows);
    }
    expect(rows.map(({ session }) => session.id).sort()).toEqual([...ids].sort());
    for (const row of rows) {
      expect(row).toMatchObject({ room: { id: room }, host: { username: 'mara' }, preset: { name: 'Concert' } });
    }
  });

  it('C14: what was planned and never came leaves the list of what is to come; what comes early is live', async () => {
    const [never, early] = [randomUUID(), randomUUID()];
    const planned = () => ({ room_id: randomUUID(), title: 'Planned', mode: 'webcam' });
    await given.sessions(
      ago(30 * HOUR, 'session.scheduled.v1', never, { ...planned(), scheduled_start_time: iso(NOW - 25 * HOUR) }),
      ago(HOUR, 'session.scheduled.v1', early, { ...planned(), scheduled_start_time: iso(NOW + HOUR) }),
    );
    const ids = [never, early].join(',');
    expect((await idsOf({ ids, status: 'scheduled' })).sort()).toEqual([never, early].sort());
    await given.store.checkDue(NOW);
    expect(await idsOf({ ids, status: 'scheduled' })).toEqual([early]);
    expect(await shown(never)).toMatchObject({ status: 'expired', started_at: null });

    await given.sessions(start(60 * SECOND, early));
    await given.store.checkDue(NOW);
    expect(await idsOf({ ids, status: 'live' })).toEqual([early]);
    expect(await shown(early)).toMatchObject({ status: 'live', started_at: iso(NOW - 60 * SECOND) });
  });
});

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function ordersOf(places: number[]): number[][] {
  if (places.length === 0) return [[]];
  return places.flatMap((place) => ordersOf(places.filter((one) => one !== place)).map((rest) => [place, ...rest]));
}
