import {
  type LiveListQuery,
  type StoredCounts,
  type StoredSession,
  type ViewQuery,
  liveListQuery,
  streamQuery,
  viewQuery,
} from '#libs/contracts';
import { LiveState, type Named, contentMatch, listQuestion } from '#libs/live-list';
import { PUBLIC, type Presentable } from '#libs/session';
import { LiveSource } from './live-source';

const NOW = Date.UTC(2026, 2, 1, 21);
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

interface Given extends Partial<StoredSession> {
  n: number;
  viewers?: number;
  hidden?: boolean;
  room?: Presentable['room'];
  host?: Presentable['host'];
}

function given({ n, viewers, hidden, room = null, host = null, ...session }: Given): Presentable {
  const counts: StoredCounts | null =
    viewers === undefined
      ? null
      : { version: 1, viewer_count: viewers, viewer_count_at: NOW, max_viewers: viewers * 2, max_viewers_at: NOW };
  const preset = hidden === undefined ? null : { id: uuid(900), viewer_count_visible: !hidden };
  return {
    session: {
      id: uuid(n),
      version: 1,
      room_id: room?.id ?? null,
      preset_id: preset?.id ?? null,
      title: `Session ${n}`,
      description: null,
      status: 'live',
      health: null,
      mode: 'webcam',
      started_at: NOW - n * 60_000,
      ended_at: null,
      end_reason: null,
      scheduled_start_time: null,
      hls_url: null,
      recording_enabled: null,
      chat_enabled_override: null,
      stage_enabled_override: null,
      max_join_limit_override: null,
      counts_after: null,
      created_at: NOW - n * 60_000,
      updated_at: NOW - n * 60_000,
      ...session,
    },
    counts,
    room,
    host,
    preset,
    activeSessionId: null,
  };
}

function sourceOf(open: Presentable[], query: LiveListQuery): LiveSource {
  const eachOpen = ({ ids }: Named, look: (open: Presentable) => void) =>
    (ids?.flatMap((id) => open.find(({ session }) => session.id === id) ?? []) ?? open).forEach(look);
  return new LiveSource(eachOpen, query, PUBLIC, NOW);
}

async function ask(open: Presentable[], parameters: Record<string, string> = {}) {
  const query: LiveListQuery = liveListQuery.parse(parameters);
  const { rows, total } = await sourceOf(open, query).page();
  return { ids: rows.map(({ session }) => Number(session.id.slice(-4))), total };
}

describe('a page of the live sessions', () => {
  it('shows the live of the open ones, newest activity first', async () => {
    const open = [given({ n: 3 }), given({ n: 1 }), given({ n: 2, status: 'scheduled', started_at: null })];
    expect(await ask(open)).toEqual({ ids: [1, 3], total: 2 });
  });

  it('cuts a page, and counts all', async () => {
    const open = [1, 2, 3, 4, 5].map((n) => given({ n }));
    expect(await ask(open, { page: '2', limit: '2' })).toEqual({ ids: [3, 4], total: 5 });
    expect(await ask(open, { page: '9', limit: '2' })).toEqual({ ids: [], total: 5 });
  });

  it.each([
    [{ sort: 'viewer_count' }, [2, 1, 3]],
    [{ sort: 'viewer_count', order: 'asc' }, [1, 2, 3]],
    [{ sort: 'max_viewers' }, [2, 1, 3]],
    [{ sort: 'started_at', order: 'asc' }, [3, 2, 1]],
    [{ sort: 'duration' }, [3, 2, 1]],
    [{ sort: 'created_at' }, [1, 2, 3]],
    [{ sort: 'scheduled_start_time' }, [2, 3, 1]],
  ])('sorts by %j, null last', async (parameters, ids) => {
    const open = [
      given({ n: 1, viewers: 5 }),
      given({ n: 2, viewers: 9, scheduled_start_time: NOW }),
      given({ n: 3, scheduled_start_time: NOW - 1 }),
    ];
    expect((await ask(open, parameters)).ids).toEqual(ids);
  });

  it('orders equals by id, in the same direction', async () => {
    const open = [2, 1, 3].map((n) => given({ n, viewers: 7 }));
    expect((await ask(open, { sort: 'viewer_count', order: 'asc' })).ids).toEqual([1, 2, 3]);
    expect((await ask(open, { sort: 'viewer_count', order: 'desc' })).ids).toEqual([3, 2, 1]);
  });

  it.each([
    [{ mode: 'rtmp' }, [2]],
    [{ room_id: uuid(800) }, [1]],
    [{ host_id: uuid(700) }, [1]],
    [{ library_id: uuid(600) }, [1]],
    [{ organization_id: uuid(500) }, [1]],
    [{ ids: `${uuid(3)},${uuid(2)}` }, [2, 3]],
    [{ recording_enabled: 'true' }, [2]],
    [{ recording_enabled: 'false' }, [1, 3]],
    [{ min_viewers: '100' }, [3]],
    [{ started_after: new Date(NOW - 120_000).toISOString() }, [1, 2]],
    [{ started_before: new Date(NOW - 120_000).toISOString() }, [3]],
    [{ q: 'PATCH' }, [1]],
    [{ q: 'mara' }, [1]],
    [{ q: 'unplanned' }, [2]],
    [{ mode: 'rtmp', min_viewers: '100' }, []],
  ])('filters by %j', async (parameters, ids) => {
    const open = [
      given({
        n: 1,
        viewers: 99,
        room: { id: uuid(800), title: 'The Patch Bay', library_id: uuid(600), host_id: uuid(700) },
        host: { id: uuid(700), username: 'Mara', organization_id: uuid(500) },
      }),
      given({ n: 2, mode: 'rtmp', recording_enabled: true, description: 'Modular, unplanned.' }),
      given({ n: 3, viewers: 100 }),
    ];
    expect(await ask(open, parameters)).toEqual({ ids, total: ids.length });
  });

  it.each([
    ['ПРИВЕТ', 'привет мир'],
    ['привет', 'ПРИВЕТ МИР'],
    ['cafe', 'Café au lait'],
    ['CAFÉ', 'cafe\u0301 au lait'],
    ['cafe\u0301', 'CAFÉ AU LAIT'],
    ['strasse', 'STRASSE'],
    ['ﬁlm', 'FILM NIGHT'],
    ['ＦＩＬＭ', 'film night'],
    ['ΣΟΦΟΣ', 'σοφος'],
  ])('looks for the text %s in %s as the socket and the event stream do', async (q, title) => {
    const open = [given({ n: 1, title }), given({ n: 2, title: 'something else' })];
    expect(await ask(open, { q })).toEqual({ ids: [1], total: 1 });
    const stream = streamQuery.parse({ q }) as ViewQuery;
    for (const query of [viewQuery.parse({ q }), stream]) {
      const question = listQuestion(query);
      if (!question) throw new Error('it asks for the past');
      expect(open.filter(contentMatch(question)).map(({ session }) => session.title)).toEqual([title]);
    }
  });

  it('tells a hidden count by no filter and no order', async () => {
    const open = (secret: number) => [
      given({ n: 1, viewers: 10, hidden: false }),
      given({ n: 2, viewers: secret, hidden: true }),
      given({ n: 3, viewers: 500, hidden: false }),
    ];
    const questions: Record<string, string>[] = [
      { sort: 'viewer_count' },
      { sort: 'max_viewers', order: 'asc' },
      { min_viewers: '0' },
      { min_viewers: '20' },
    ];
    for (const parameters of questions) {
      expect(await ask(open(0), parameters)).toEqual(await ask(open(1000), parameters));
    }
    expect(await ask(open(1000), { min_viewers: '20' })).toEqual({ ids: [3], total: 1 });
  });

  it('is of one moment, also when what is open changed since the question came', async () => {
    const state = new LiveState();
    const open = ({ session }: Presentable) => state.apply({ kind: 'session', ...session, session });
    const left = given({ n: 1 });
    open(left);
    const source = new LiveSource((named, look) => state.eachOpen(named, look), liveListQuery.parse({}), PUBLIC, NOW);
    state.apply({ kind: 'removed', id: uuid(1), version: 2, why: 'ended' });
    // Whoever comes next takes its place in memory.
    state.takeTouched();
    open(given({ n: 2 }));
    expect(await source.among([uuid(1)])).toMatchObject({ rows: [], total: 1 });
    expect((await source.page()).rows.map(({ session }) => session.id)).toEqual([uuid(2)]);
  });
});
