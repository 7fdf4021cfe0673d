import { randomUUID } from 'node:crypto';
import { type DebugEvent, type LiveUpdate, Marquee as Client, type MarqueeOptions } from '#libs/client';
import Redis from 'ioredis';
import { SignJWT } from 'jose';
import { eventually, eventuallyPasses } from './given/eventually';
import { Marquee, sharedStack } from './given/marquee';

const JWT_SECRET = 'a secret of at least thirty-two characters';
const LISTS_OF_A_SOCKET = 32;
const PATIENCE_MS = 120_000;

function tokenOf(inSeconds: number, claims: object): Promise<string> {
  return new SignJWT({ ...claims, nonce: randomUUID() })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1000) + inSeconds)
    .sign(new TextEncoder().encode(JWT_SECRET));
}

/** Of a list that goes on. Whether the services keep up meanwhile has nothing to do with tokens. */
const UP_TO_NOW: readonly string[] = ['live', 'stale'];

describe('what the client tells of real services', () => {
  let marquee: Marquee;
  let studio: Client;
  const clients: Client[] = [];
  const [preset_id, hidden, open, late] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const rooms = [hidden, open, late];

  beforeAll(async () => {
    marquee = await Marquee.on(sharedStack(), { JWT_SECRET });
    await marquee.start();
    const token = await tokenOf(3600, { scope: 'events:write', sources: ['/studio'] });
    studio = given({ token, source: '/studio' });
    await studio.emit({ type: 'preset.changed.v1', subject: preset_id, data: { viewer_count_visible: false } });
    await start(hidden, { preset_id });
    await start(open);
    for (const subject of [hidden, open])
      await studio.emit({ type: 'viewers.counted.v1', subject, data: { viewer_count: 7 } });
  }, PATIENCE_MS);
  afterAll(async () => {
    for (const client of clients) client.close();
    await marquee?.close();
  });

  function given(options: MarqueeOptions = {}): Client {
    const [gateway, api, events] = [marquee.gateway.url, marquee.query.url, marquee.lifecycle.url];
    const client = new Client({ gateway, api, events, ...options });
    clients.push(client);
    return client;
  }
  /** On air, in a room of its own, of the same id. */
  const start = (subject: string, more: object = {}) =>
    studio.emit({
      type: 'session.started.v1',
      subject,
      data: { title: 'On air', room_id: subject, lease_seconds: 1800, ...more },
    });
  const countOf = (update: LiveUpdate | undefined) => update?.sessions[0]?.viewer_count;

  it(
    'K9: a token ends while it is connected: the public’s list goes on, what only the token showed is told',
    async () => {
      const seen: DebugEvent[] = [];
      const states: string[] = [];
      let token = await tokenOf(1, { scope: 'chat' });
      const guest = given({ token: () => token, debug: (event) => seen.push(event) });
      const list = guest.live({ room_id: rooms }, ({ state }) => states.push(state));
      await eventually('the list is there', async () => list.current.sessions.length === 2 || undefined);

      token = await tokenOf(2, { scope: 'counts:hidden' });
      const member = given({ token: () => token });
      const watch = member.watch([hidden], () => undefined);
      await eventually('the count is shown', async () => countOf(watch.current) === 7 || undefined);
      // The token of the guest has ended before.
      await eventually('the count is hidden', async () => countOf(watch.current) === null || undefined);
      expect(UP_TO_NOW).toContain(watch.current.state);
      expect(member.status).toMatchObject({ state: 'connected', trouble: 'token' });

      await start(late);
      await eventuallyPasses('the list goes on', async () =>
        expect(list.current.sessions.map(({ id }) => id)).toContain(late),
      );
      expect(states.filter((state) => !UP_TO_NOW.includes(state))).toEqual(['loading']);
      const frames = seen.flatMap((event) => (event.type === 'frame' ? [event] : []));
      expect(frames.filter(({ event }) => event === 'snapshot')).toHaveLength(1);
      expect(frames.filter(({ event, outcome }) => event === 'left' || outcome === 'gap')).toEqual([]);

      token = await tokenOf(3600, { scope: 'counts:hidden' });
      member.tokenChanged();
      await eventually('the count is shown again', async () => countOf(watch.current) === 7 || undefined);
      expect(member.status).toEqual({ state: 'connected' });
    },
    PATIENCE_MS,
  );

  it(
    'tells that a list is one too many, and asks for it again when another is closed',
    async () => {
      const client = given();
      const lists = Array.from({ length: LISTS_OF_A_SOCKET + 1 }, (_, n) =>
        client.live({ limit: n + 1 }, () => undefined),
      );
      const last = lists.at(-1);
      await eventuallyPasses('the last is refused', async () => {
        expect(last?.current).toMatchObject({ state: 'refused', code: 'too_many_views', final: true });
        expect(lists.filter(({ current }) => current.state === 'live')).toHaveLength(LISTS_OF_A_SOCKET);
      });
      lists[0]?.close();
      await eventuallyPasses('there is room', async () => expect(last?.current.state).toBe('live'));
    },
    PATIENCE_MS,
  );

  it('answers get, stats, viewers and room', async () => {
    const token = await tokenOf(3600, { scope: 'chat' });
    const client = given({ token: async () => token });
    await eventuallyPasses('all is there', async () => {
      expect(await client.get(open)).toMatchObject({ id: open, viewer_count: 7, stale: false, fresh_at: null });
      expect((await client.viewers(open)).points.map(({ max }) => max)).toContain(7);
    });
    expect(await client.get(hidden)).toMatchObject({ id: hidden, viewer_count: null });
    expect((await client.stats()).live_now).toBeGreaterThanOrEqual(2);
    const ids: string[] = [];
    for await (const { id } of client.room(open, { status: 'live' })) ids.push(id);
    expect(ids).toEqual([open]);
    await expect(client.get(randomUUID())).rejects.toMatchObject({ name: 'MarqueeError', code: 'not_found' });
  });

  it('tells all that happens on the wire, but no token', async () => {
    const seen: DebugEvent[] = [];
    const token = await tokenOf(3600, { scope: 'counts:hidden' });
    const client = given({ token: () => token, debug: (event) => seen.push(event) });
    const list = client.live({ room_id: open }, () => undefined);
    await eventually('it is live', async () => list.current.state === 'live' || undefined);
    client.tokenChanged();
    const of = (type: DebugEvent['type'], event?: string) =>
      seen.filter((each) => each.type === type && (event === undefined || ('event' in each && each.event === event)));
    await eventuallyPasses('the token is shown again', async () => expect(of('ack', 'token')).toHaveLength(1));
    expect(of('attempt')).toMatchObject([{ attempt: 0, hasToken: true }]);
    expect(of('status')).toMatchObject([{ status: { state: 'connecting' } }, { status: { state: 'connected' } }]);
    expect(of('request', 'subscribe')[0]).toMatchObject({ payload: { v: 1, query: { room_id: open } } });
    expect(of('ack', 'subscribe')[0]).toMatchObject({ answer: { ok: true } });
    expect(of('frame', 'snapshot')[0]).toMatchObject({ outcome: 'applied', bytes: expect.any(Number) as number });
    expect(JSON.stringify(seen)).not.toContain(token);
  });

  it('says that a walk has to begin again when its order is gone', async () => {
    const ids = Array.from({ length: 4 }, () => randomUUID());
    for (const id of ids) await start(id);
    const query = { room_id: ids, sort: 'viewer_count', limit: 1 } as const;
    const client = given();
    await eventuallyPasses('all are there', async () =>
      expect((await client.list(query).page()).total).toBe(ids.length),
    );
    const walk = client.list(query).pages();
    for (let page = 1; page <= 2; page += 1) expect((await walk.next()).done).toBe(false);
    const redis = new Redis(marquee.on.redisUrl);
    try {
      const orders = await redis.keys(`{${marquee.name}}:walk:*`);
      expect(orders).toHaveLength(1);
      await redis.del(...orders);
    } finally {
      redis.disconnect();
    }
    await expect(walk.next()).rejects.toMatchObject({
      name: 'MarqueeError',
      status: 410,
      code: 'cursor_expired',
      error: expect.stringContaining('begin again') as string,
    });
    const again: string[] = [];
    for await (const { id } of client.list(query)) again.push(id);
    expect(again.sort()).toEqual(ids.sort());
  });

  it(
    'calls its list stale, and says up to when it is whole, while nobody writes the projection',
    async () => {
      const client = given();
      const list = client.live({ room_id: rooms }, () => undefined);
      await eventually('it is live', async () => list.current.state === 'live' || undefined);
      await marquee.lifecycle.stop();
      const stopped = Date.now();
      await eventuallyPasses('it is stale', async () =>
        expect(list.current).toMatchObject({ state: 'stale', why: 'gateway', freshAt: expect.any(Number) as number }),
      );
      const { freshAt, sessions } = list.current as Extract<LiveUpdate, { state: 'stale' }>;
      expect(freshAt).toBeLessThanOrEqual(stopped);
      expect(sessions.length).toBeGreaterThan(0);
      const session = await client.get(open);
      expect(session).toMatchObject({ stale: true });
      expect(Date.parse(session.fresh_at ?? '')).toBeLessThanOrEqual(stopped);
      await marquee.lifecycle.start();
      await eventuallyPasses('it is live again', async () => expect(list.current.state).toBe('live'));
    },
    PATIENCE_MS,
  );
});
