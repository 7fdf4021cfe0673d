import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRESET_FLAGS, sessionAnswer, sessionListAnswer } from '#libs/contracts';
import { differences } from './contract-shape';
import { eventually } from './eventually';
import { GivenPlatform, event } from './given-platform';
import { API_KEY, GivenQuery, type Row } from './given-query';

const example: unknown = JSON.parse(
  readFileSync(join(__dirname, '..', '..', '..', 'test', 'golden', 'rest', 'sessions-list.example.json'), 'utf8'),
);
const KEY = { headers: { 'x-api-key': API_KEY } };
const MINUTE_MS = 60_000;
const ago = (minutes: number) => Date.now() - minutes * MINUTE_MS;

const [host, organization, library, room, otherRoom] = Array.from({ length: 5 }, () => randomUUID());
const [open, hiding] = [randomUUID(), randomUUID()];
const ids = {
  live: randomUUID(),
  hidden: randomUUID(),
  bare: randomUUID(),
  ended: randomUUID(),
  scheduled: randomUUID(),
  deleted: randomUUID(),
};

describe('the sessions', () => {
  let platform: GivenPlatform;
  let query: GivenQuery;

  beforeAll(async () => {
    platform = await GivenPlatform.make();
    await givenSessions(platform);
    query = await GivenQuery.on(platform);
    await eventually(async () => expect((await query.ask('/health/ready')).status).toBe(200));
  });

  afterAll(async () => {
    await query?.close();
    await platform?.close();
  });

  async function list(path: string, init?: RequestInit) {
    const { status, body } = await query.ask(path, init);
    expect(status).toBe(200);
    const rows = body.data?.sessions ?? [];
    return { rows, total: body.data?.total, names: rows.map(nameOf) };
  }

  async function rowOf(id: string, init?: RequestInit): Promise<Row> {
    const { status, body } = await query.ask(`/sessions/${id}`, init);
    expect(status).toBe(200);
    return body.data as unknown as Row;
  }

  describe('in the list', () => {
    it.each(['/sessions', '/sessions/live'])(
      '%s have the contract’s keys at every level, and its types',
      async (path) => {
        const { status, body, headers } = await query.ask(path);

        expect(status).toBe(200);
        expect(differences(body, example)).toEqual([]);
        expect(sessionListAnswer.strict().safeParse(body).error).toBeUndefined();
        expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
        expect(headers.get('x-live-position')).toMatch(/^\d+\.\d+$/);
        expect(body).not.toHaveProperty('stale');
        // Nothing is null where all is known.
        const full = body.data?.sessions?.find(({ id }) => id === ids.live);
        expect(full).toMatchObject({ room: { host: { email: 'm•••@example.com' }, active_session_id: ids.live } });
        expect(full).toMatchObject({ preset: { name: 'Open' }, viewer_count: 412, max_viewers: 500 });
      },
    );

    it('come page by page', async () => {
      const all = await list('/sessions?limit=100');
      expect(all).toMatchObject({ total: 5, names: expect.arrayContaining(['live', 'hidden', 'bare', 'ended']) });
      const pages = [];
      for (const page of [1, 2, 3, 4]) pages.push(await list(`/sessions?limit=2&page=${page}`));
      expect(pages.map(({ names }) => names.length)).toEqual([2, 2, 1, 0]);
      expect(pages.flatMap(({ names }) => names)).toEqual(all.names);
      expect((await query.ask('/sessions?limit=2&page=2')).body.data).toMatchObject({ page: 2, limit: 2, total: 5 });
      expect((await query.ask('/sessions')).body.data).toMatchObject({ page: 1, limit: 10 });
    });

    it('come newest activity first', async () => {
      const times = (await list('/sessions')).rows.map((row) => Date.parse(String(row['updated_at'])));
      expect(times).toEqual([...times].sort((a, b) => b - a));
    });

    it.each([
      ['status=ended', ['ended']],
      ['status=live,scheduled', ['bare', 'hidden', 'live', 'scheduled']],
      ['mode=rtmp', ['ended']],
      [`room_id=${otherRoom}`, ['ended', 'hidden']],
      [`room_id=${String(otherRoom).toUpperCase()}`, ['ended', 'hidden']],
      [`host_id=${host}`, ['live', 'scheduled']],
      [`library_id=${library}`, ['live', 'scheduled']],
      [`ids=${ids.live},${ids.ended},${randomUUID()}`, ['ended', 'live']],
      ['recording_enabled=true', ['scheduled']],
      ['min_viewers=1', ['live']],
      [`started_after=${new Date(ago(25)).toISOString()}`, ['bare', 'hidden', 'live']],
      [`started_before=${new Date(ago(25)).toISOString()}`, ['ended']],
      ['q=the+patch', ['live', 'scheduled']],
      ['q=MARA', ['live', 'scheduled']],
      ['q=100%25_sure', ['bare']],
      ['q=nobody+says+this', []],
    ])('are filtered by %s', async (parameters, names) => {
      const answer = await list(`/sessions?${parameters}&limit=100`);
      expect(answer.names.sort()).toEqual(names);
      expect(answer.total).toBe(names.length);

      if (parameters.startsWith('status')) return;
      const live = await list(`/sessions/live?${parameters}&limit=100`);
      expect(live.names.sort()).toEqual(names.filter((name) => !['ended', 'scheduled'].includes(name)));
    });

    it.each(['viewer_count', 'max_viewers', 'started_at', 'created_at', 'scheduled_start_time', 'duration'])(
      'are sorted by %s alike in both lists, null last',
      async (sort) => {
        for (const order of ['asc', 'desc']) {
          const recorded = await list(`/sessions?status=live&sort=${sort}&order=${order}`);
          const live = await list(`/sessions/live?sort=${sort}&order=${order}`);
          expect(live.names).toEqual(recorded.names);
          const values = recorded.rows.map((row) => row[sort]);
          expect(values.indexOf(null) === -1 || values.slice(values.indexOf(null)).every((v) => v === null)).toBe(true);
        }
      },
    );
  });

  describe('one by one', () => {
    it('are given in the list’s form', async () => {
      const { body } = await query.ask(`/sessions/${ids.ended}`);
      expect(sessionAnswer.strict().safeParse(body).error).toBeUndefined();
      expect(body.data).toMatchObject({ status: 'ended', duration: 540, viewer_count: 0, end_reason: 'host left' });
    });

    it.each([
      ['one that does not exist', randomUUID()],
      ['a deleted one', ids.deleted],
    ])('are not found: %s', async (_, id) => {
      const { status, body } = await query.ask(`/sessions/${id}`);
      expect(status).toBe(404);
      expect(body).toMatchObject({ success: false, code: 'not_found', details: [] });
    });
  });

  describe('to whom', () => {
    it('shows a host’s private fields only with the key, the other keys to all', async () => {
      const seen = { username: 'mara', role: 'host', is_active: true };
      expect((await rowOf(ids.live)).room?.host).toMatchObject({
        ...seen,
        email: 'm•••@example.com',
        external_user_id: null,
        organization_id: null,
      });
      expect((await rowOf(ids.live, KEY)).room?.host).toMatchObject({
        ...seen,
        email: 'mara@example.com',
        external_user_id: 'u-1009',
        organization_id: organization,
      });
      const { headers } = await query.ask('/sessions', KEY);
      expect(headers.get('cache-control')).toContain('private');
      expect(headers.get('vary')).toContain('X-API-Key');
    });

    it('refuses a key that is not known', async () => {
      const { status, body } = await query.ask('/sessions', { headers: { 'x-api-key': 'guess' } });
      expect(status).toBe(401);
      expect(body).toMatchObject({ code: 'unauthorized', details: [{ parameter: 'X-API-Key' }] });
    });

    it('tells which organization a session belongs to only with the key', async () => {
      const path = `/sessions?organization_id=${organization}`;
      expect(await query.ask(path)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      expect(await query.ask(path.replace('?', '/live?'))).toMatchObject({ status: 403 });
      expect((await list(path, KEY)).names.sort()).toEqual(['live', 'scheduled']);
    });

    it('shows a hidden count to nobody, by no filter and no order', async () => {
      expect(await rowOf(ids.hidden, KEY)).toMatchObject({
        viewer_count: null,
        max_viewers: null,
        viewer_count_at: null,
      });
      for (const path of ['/sessions?status=live&', '/sessions/live?']) {
        expect((await list(`${path}min_viewers=0`)).names).toEqual(['live']);
        expect((await list(`${path}sort=viewer_count`)).names[0]).toBe('live');
        expect((await list(`${path}sort=max_viewers&order=asc`)).names[0]).toBe('live');
      }
    });
  });
});

function nameOf({ id }: Row): string {
  return Object.entries(ids).find(([, known]) => known === id)?.[0] ?? id;
}

async function givenSessions(platform: GivenPlatform): Promise<void> {
  const flags = Object.fromEntries(PRESET_FLAGS.map((name) => [name, true]));
  const dated = { created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-02T00:00:00Z' };
  const preset = { ...flags, ...dated, user_id: host, library_id: library, type: 'whip', max_join_limit: 100 };
  const look = { primary_color: '#222', logo: 'logo.png', logo_destination_url: 'https://example.com' };
  await platform.directory(
    event('host.changed.v1', host ?? '', {
      username: 'mara',
      email: 'mara@example.com',
      external_user_id: 'u-1009',
      organization_id: organization,
      role: 'host',
      is_active: true,
      created_at: dated.created_at,
    }),
    event('room.changed.v1', room ?? '', {
      host_id: host,
      library_id: library,
      title: 'The Patch Bay',
      description: 'Modular.',
      analytics: { google_tag_manager: { container_id: 'GTM-ABC123', enabled: true } },
      ...dated,
    }),
    event('preset.changed.v1', open, { ...preset, ...look, name: 'Open' }),
    event('preset.changed.v1', hiding, { ...preset, ...look, name: 'Hiding', viewer_count_visible: false }),
  );
  const scheduled = { room_id: room, preset_id: open, title: 'Planned', mode: 'webcam', recording_enabled: true };
  await platform.sessions(
    event('session.scheduled.v1', ids.scheduled, { ...scheduled, scheduled_start_time: new Date(ago(-60)) }, ago(50)),
    event('session.started.v1', ids.ended, { room_id: otherRoom, title: 'Over', mode: 'rtmp' }, ago(40)),
    event('session.ended.v1', ids.ended, { reason: 'host left' }, ago(31)),
    event(
      'session.started.v1',
      ids.live,
      {
        room_id: room,
        preset_id: open,
        title: 'Friday night synthesizers',
        description: 'Unplanned.',
        mode: 'webcam',
        hls_url: 'https://cdn.example.com/live.m3u8',
      },
      ago(20),
    ),
    event('session.started.v1', ids.hidden, { room_id: otherRoom, preset_id: hiding, title: 'Quiet' }, ago(15)),
    event('session.started.v1', ids.bare, { title: 'Am I 100%_sure?' }, ago(10)),
    event('session.started.v1', ids.deleted, { title: 'Never was' }, ago(9)),
    event('session.deleted.v1', ids.deleted, undefined, ago(8)),
  );
  await platform.viewers(
    event('viewers.counted.v1', ids.live, { viewer_count: 500 }, ago(2)),
    event('viewers.counted.v1', ids.live, { viewer_count: 412 }, ago(1)),
    event('viewers.counted.v1', ids.hidden, { viewer_count: 100_000 }, ago(1)),
  );
}
