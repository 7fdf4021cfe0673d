import type {
  ClientToServerEvents,
  DeltaFrame,
  HeartbeatFrame,
  SocketRefusal,
  ServerToClientEvents,
  SnapshotFrame,
  Subscribed,
} from '#libs/contracts';
import { type LiveUpdate, Marquee } from '#libs/client';
import { type Socket, io } from 'socket.io-client';
import { type GivenGateway, GivenProjection, eventually, givenGateway, idOf, untilReady } from './given';

/** A stock client that only remembers what it was sent. */
class Stock {
  readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  readonly snapshots: SnapshotFrame[] = [];
  readonly deltas: DeltaFrame[] = [];
  readonly heartbeats: HeartbeatFrame[] = [];

  constructor(url: string) {
    this.socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false });
    this.socket.on('snapshot', (frame) => this.snapshots.push(frame));
    this.socket.on('delta', (frame) => this.deltas.push(frame));
    this.socket.on('heartbeat', (frame) => this.heartbeats.push(frame));
  }

  ask(event: string, ...payload: unknown[]): Promise<Subscribed | SocketRefusal> {
    return this.socket.timeout(5000).emitWithAck(event as 'subscribe', ...(payload as [never]));
  }

  async subscribe(query: object, more: object = {}): Promise<Subscribed> {
    const answer = await this.ask('subscribe', { v: 1, query, ...more });
    if (!answer.ok) throw new Error(answer.error);
    return answer;
  }
}

jest.setTimeout(30_000);

describe('the gateway', () => {
  const closers: (() => unknown)[] = [];
  let projection: GivenProjection;
  let gateway: GivenGateway;

  const stock = (at = gateway.url) => {
    const client = new Stock(at);
    closers.push(() => client.socket.close());
    return client;
  };
  const another = async (env: Record<string, string> = {}, port = 0) => {
    const given = await givenGateway(projection, env, port);
    closers.push(() => given.close());
    await untilReady(given);
    return given;
  };

  beforeEach(async () => {
    projection = new GivenProjection();
    closers.push(() => projection.close());
    await projection.rebuild();
    gateway = await another();
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  it('gives a snapshot, then what changes: starts, counts, ends with their reason', async () => {
    await projection.session(1);
    const client = stock();
    const answer = await eventually('the session is there', async () => {
      const given = await client.subscribe({ sort: 'viewer_count' });
      return given.total === 1 && given;
    });
    expect(answer).toMatchObject({ mode: 'snapshot', total: 1 });
    await eventually('the snapshot follows', () => client.snapshots.at(-1)?.sessions.length === 1);

    await projection.session(2, { title: 'another' });
    const start = await eventually('its start is told', () => client.deltas.find(({ upserts }) => upserts));
    expect(start).toMatchObject({ view: answer.view, total: 2, upserts: [{ id: idOf(2), title: 'another' }] });

    await projection.count(2, 123_456);
    const counts = await eventually('its count is told', () => client.deltas.find((delta) => delta.counts));
    expect(counts.counts).toEqual([[idOf(2), 123_000, 123_000]]);

    await projection.end(2);
    const end = await eventually('its end is told', () => client.deltas.find(({ removes }) => removes));
    expect(end).toMatchObject({ total: 1, removes: [[idOf(2), 'ended']] });
    expect(client.deltas.map(({ prev }) => prev)).toEqual(client.deltas.map(({ frame }) => frame - 1));
  });

  it('gives watched sessions exact counts, and says which are not open', async () => {
    await projection.session(1);
    await projection.count(1, 123_456);
    const client = stock();
    await eventually('the count is there', async () => {
      await client.ask('watch', { ids: [idOf(1), idOf(9)] });
      return client.snapshots.at(-1)?.sessions[0]?.viewer_count === 123_456;
    });
    expect(client.snapshots.at(-1)?.absent).toEqual([idOf(9)]);

    expect(await client.ask('unwatch', { ids: [idOf(9)] })).toMatchObject({ ok: true, mode: 'snapshot', total: 1 });
    expect(await client.ask('unwatch', {})).toEqual({ ok: true });
    expect(await client.ask('unwatch', {})).toMatchObject({ ok: false, code: 'unknown_view' });
  });

  it('says nothing of a view any more once it is given up', async () => {
    const client = stock();
    const { view } = await client.subscribe({});
    expect(await client.ask('unsubscribe', { view })).toEqual({ ok: true });
    expect(await client.ask('unsubscribe', { view })).toMatchObject({ ok: false, code: 'unknown_view' });
    const other = stock();
    await other.subscribe({});
    await projection.session(1);
    await eventually('others are told', () => other.deltas.length > 0);
    expect(client.deltas).toEqual([]);
  });

  it.each([
    ['nothing', undefined, 'invalid_request'],
    ['null', null, 'invalid_request'],
    ['a text', 'subscribe me', 'invalid_request'],
    ['a list', [1, 2], 'invalid_request'],
    ['no version', { query: {} }, 'invalid_request'],
    ['another version', { v: 2, query: {} }, 'invalid_request'],
    ['an unknown field', { v: 1, query: {}, fast: true }, 'invalid_request'],
    ['an unknown filter', { v: 1, query: { colour: 'red' } }, 'invalid_query'],
    ['a limit that is too great', { v: 1, query: { limit: 201 } }, 'invalid_query'],
    ['an unknown sort', { v: 1, query: { sort: 'email' } }, 'invalid_query'],
    ['a prototype', JSON.parse('{"v":1,"query":{"__proto__":{"status":"live"}}}'), 'invalid_query'],
    ['the past', { v: 1, query: { status: 'ended' } }, 'not_live'],
    [
      'too much held',
      { v: 1, query: {}, have: Array.from({ length: 241 }, () => [idOf(1), 1, 1, 1]) },
      'invalid_request',
    ],
  ])('refuses %s with a code, and the socket survives', async (_what, payload, code) => {
    const client = stock();
    const refusal = await client.ask('subscribe', payload);
    expect(refusal).toMatchObject({ ok: false, code, error: expect.any(String) });
    expect(await client.subscribe({})).toMatchObject({ ok: true });
  });

  it('refuses more ids and more views than there may be', async () => {
    const client = stock();
    const ids = Array.from({ length: 201 }, (_, index) => idOf(index));
    expect(await client.ask('watch', { ids })).toMatchObject({ ok: false, code: 'too_many_ids' });
    for (let limit = 1; limit <= 32; limit += 1) await client.subscribe({ limit });
    expect(await client.ask('subscribe', { v: 1, query: { limit: 33 } })).toMatchObject({
      code: 'too_many_views',
      error: expect.stringContaining('32'),
    });
    expect(await client.subscribe({ limit: 8 })).toMatchObject({ ok: true });
  });

  it('tells a client of the future that it is behind', async () => {
    const client = stock();
    const refusal = await client.ask('subscribe', { v: 1, query: {}, at: [99, 1] });
    expect(refusal).toMatchObject({ ok: false, code: 'behind', retry_after_ms: expect.any(Number) });
  });

  it('resumes on another gateway by what the client holds, also in a new epoch', async () => {
    await projection.sessions([1, 2, 3]);
    const first = stock();
    const snapshot = await eventually('all are there', async () => {
      const { total, ...place } = await first.subscribe({});
      return total === 3 && place;
    });
    const held = await eventually('the snapshot is there', () => first.snapshots.at(-1)?.sessions);
    const have = held.map(({ id, version, viewer_count, max_viewers }) => [id, version, viewer_count, max_viewers]);
    const returning = { of: snapshot.view, have, at: [snapshot.epoch, snapshot.seq] };
    first.socket.close();

    const second = await another();
    expect(await stock(second.url).subscribe({}, returning)).toMatchObject({ mode: 'same', total: 3 });

    await projection.session(2, { title: 'changed' });
    await projection.end(3, 'deleted');
    await projection.rebuild();
    await eventually('the new epoch is followed', async () => {
      const returned = stock(second.url);
      const answer = await returned.subscribe({}, returning);
      if (answer.epoch === snapshot.epoch) return false;
      const delta = await eventually('the delta follows', () => returned.deltas[0]);
      expect(delta).toMatchObject({ prev: null, total: 2, upserts: [{ id: idOf(2), title: 'changed' }] });
      expect(delta.removes).toEqual([[idOf(3), expect.stringMatching(/deleted|gone/)]]);
      return true;
    });
  });

  it('keeps a client of the SDK equal to the list, across a cut and a restart of the gateway', async () => {
    await projection.sessions([1, 2, 3]);
    const { port } = new URL(gateway.url);
    let update: LiveUpdate | undefined;
    const marquee = new Marquee({ gateway: gateway.url });
    closers.push(() => marquee.close());
    marquee.live({ sort: 'started_at', order: 'asc', limit: 3 }, (next) => {
      update = next;
    });
    const titles = () => update?.sessions.map(({ title }) => title);
    await eventually('it has the list', () => titles()?.join() === 'session 1,session 2,session 3');

    await gateway.close();
    await eventually('it says that its list is old', () => update?.state === 'stale');
    await projection.end(1);
    await projection.session(4);
    await another({}, Number(port));
    await eventually('it has the list again', () => titles()?.join() === 'session 2,session 3,session 4');
    await eventually('it is fresh', () => update?.state === 'live');
    expect(update).toMatchObject({ total: 3 });
  });

  it('serves several watches of one client of the SDK at once, each its own part', async () => {
    await projection.sessions([1, 2]);
    await projection.count(1, 123_456);
    const marquee = new Marquee({ gateway: gateway.url });
    closers.push(() => marquee.close());
    const seen = new Map<string, LiveUpdate>();
    const watch = (name: string, ids: string[]) => marquee.watch(ids, (update) => seen.set(name, update));

    const first = watch('first', [idOf(1)]);
    await eventually('the first has its session', () => seen.get('first')?.sessions[0]?.viewer_count === 123_456);
    const second = watch('second', [idOf(2), idOf(9), idOf(1)]);
    await eventually('the second has its own', () => seen.get('second')?.state === 'live');
    expect(seen.get('second')).toMatchObject({ sessions: [{ id: idOf(2) }, { id: idOf(1) }], absent: [idOf(9)] });

    await projection.count(1, 123_457);
    await eventually('both hear of a change', () =>
      ['first', 'second'].every((name) =>
        seen.get(name)?.sessions.some(({ viewer_count }) => viewer_count === 123_457),
      ),
    );
    second.close();
    await projection.count(1, 123_458);
    await eventually('the first goes on', () => seen.get('first')?.sessions[0]?.viewer_count === 123_458);
    expect(seen.get('second')?.sessions.map(({ viewer_count }) => viewer_count)).not.toContain(123_458);
    expect(first.current).toMatchObject({ state: 'live', total: 1 });
    const many = Array.from({ length: 200 }, (_, index) => idOf(index + 2));
    const beyond = watch('many', many);
    await eventually('it is told that this is too much', () => seen.get('many')?.state === 'refused');
    expect(beyond.current).toMatchObject({ code: 'too_many_ids', error: expect.stringContaining('200 ids, not 201') });
  });

  it('keeps a list that is closed and asked again within a moment, and shares it among all who ask', async () => {
    await projection.sessions([1]);
    const marquee = new Marquee({ gateway: gateway.url });
    closers.push(() => marquee.close());
    expect(marquee.state).toBe('idle');
    marquee.onState(() => undefined);
    expect(marquee.state).toBe('idle');
    const other = marquee.live({ limit: 6 }, () => undefined);
    await eventually('it is connected', () => other.current.state === 'live');
    other.close();
    marquee.live({ limit: 5 }, () => undefined).close();
    const updates: LiveUpdate[][] = [];
    const lists = Array.from({ length: 10 }, (_, index) =>
      marquee.live({ limit: 5, status: index % 2 ? 'live' : ['live'] }, (update) =>
        (updates[index] ??= []).push(update),
      ),
    );
    await eventually('all have it', () => lists.every(({ current }) => current.total === 1));
    for (const list of lists.slice(1)) list.close();
    await projection.session(2);
    await eventually('the one that is left follows', () => lists[0]?.current.total === 2);
    expect(updates[0]?.at(-1)?.total).toBe(2);
    expect(updates[9]?.at(-1)?.total).toBe(1);
  });
});
