import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Card, LeftFrame, SocketRefusal, Subscribed, TokenTaken } from '#libs/contracts';
import { type LiveUpdate, Marquee } from '#libs/client';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { type Socket, io } from 'socket.io-client';
import { type GivenGateway, GivenProjection, eventually, givenGateway, idOf, untilReady } from './given';

const JWT_SECRET = 'a secret of at least thirty-two characters';
const shared = new TextEncoder().encode(JWT_SECRET);
const PRESET = 'b0000000-0000-4000-8000-000000000001';
/** A token of so many seconds ends within the patience of a test. */
const ENDS_WITHIN_MS = 20_000;

/** `inSeconds`: negative, within the tolerance, it is taken and ends soon. null: it never ends. */
function tokenOf(inSeconds: number | null, scope: string | undefined = 'counts:hidden'): Promise<string> {
  const signed = new SignJWT({ ...(scope && { scope }), nonce: Math.random() }).setProtectedHeader({ alg: 'HS256' });
  if (inSeconds !== null) signed.setExpirationTime(Math.floor(Date.now() / 1000) + inSeconds);
  return signed.sign(shared);
}

/** A client of the protocol: what it was sent, by event. */
class Client {
  readonly socket: Socket;
  readonly left: LeftFrame[] = [];
  readonly expires: number[] = [];
  readonly byes: unknown[] = [];
  readonly frames: { view: string; frame: number; prev?: number; sessions?: Card[] }[] = [];

  constructor(url: string, token?: string) {
    const auth = token === undefined ? {} : { token };
    this.socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, auth });
    this.socket.on('left', (frame: LeftFrame) => this.left.push(frame));
    this.socket.on('token_expires', ({ at }: { at: number }) => this.expires.push(at));
    this.socket.on('bye', (frame) => this.byes.push(frame));
    for (const event of ['snapshot', 'delta', 'heartbeat']) {
      this.socket.on(event, (frame: Client['frames'][number]) => this.frames.push(frame));
    }
  }

  subscribe(query: object = {}): Promise<Subscribed> {
    return this.ask('subscribe', { v: 1, query });
  }

  token(token: unknown): Promise<TokenTaken | SocketRefusal> {
    return this.ask('token', { token });
  }

  countOf(view: string, id: string): number | null | undefined {
    const cards = this.frames.findLast((frame) => frame.view === view && frame.sessions)?.sessions ?? [];
    return cards.find((card) => card.id === id)?.viewer_count;
  }

  private ask<T>(event: string, payload: object): Promise<T> {
    return this.socket.timeout(10_000).emitWithAck(event, payload) as Promise<T>;
  }
}

describe('tokens while connected', () => {
  let projection: GivenProjection;
  const closers: (() => unknown)[] = [];

  beforeEach(async () => {
    projection = new GivenProjection();
    closers.push(() => projection.close());
    await projection.rebuild();
    await projection.hidingPreset(PRESET);
    await projection.session(1, { preset_id: PRESET });
    await projection.count(1, 7);
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  async function given(env: Record<string, string> = { JWT_SECRET }): Promise<GivenGateway> {
    const gateway = await givenGateway(projection, env);
    closers.push(() => gateway.close());
    await untilReady(gateway);
    return gateway;
  }
  const enter = ({ url }: GivenGateway, token?: string) => {
    const client = new Client(url, token);
    closers.push(() => client.socket.disconnect());
    return client;
  };

  /** A token of another socket, younger than those of the test, ends. */
  async function anotherEnds(gateway: GivenGateway): Promise<void> {
    const open = await enter(gateway).subscribe();
    const other = enter(gateway, await tokenOf(2));
    await eventually('it ends', async () => (await other.subscribe()).view === open.view, ENDS_WITHIN_MS);
  }

  it('K9: one that ends lets go of what only it showed; the socket goes on as the public’s', async () => {
    const gateway = await given();
    const client = enter(gateway, await tokenOf(2));
    const shown = await client.subscribe();
    await eventually('it is shown', () => client.countOf(shown.view, idOf(1)) === 7);
    expect(client.expires).toEqual([expect.any(Number)]);
    expect(client.expires[0]).toBeLessThan(Date.now() + 3000);
    await eventually('the view is let go', () => client.left.length > 0, ENDS_WITHIN_MS);
    expect(client.left).toEqual([{ view: shown.view, code: 'token_expired', error: expect.stringContaining('ended') }]);
    const again = await client.subscribe();
    expect(again).toMatchObject({ ok: true });
    expect(again.view).not.toBe(shown.view);
    await eventually('it is hidden', () => client.countOf(again.view, idOf(1)) === null);
    expect(client.byes).toEqual([]);
    expect(client.socket.connected).toBe(true);
  });

  it('K9: a client that knows nothing of it sees a heartbeat that does not fit, and so asks again', async () => {
    const client = enter(await given(), await tokenOf(2));
    const { view, frame } = await client.subscribe();
    const beat = await eventually(
      'it asks again',
      () => client.frames.find((each) => each.view === view && !each.sessions && each.frame !== frame),
      ENDS_WITHIN_MS,
    );
    expect(beat.frame).toBeGreaterThan(frame);
  });

  it('K9: public views go on without a gap, whatever becomes of the token', async () => {
    const client = enter(await given(), await tokenOf(-2, 'chat'));
    const { view } = await client.subscribe();
    await eventually('it is warned', () => client.expires.length > 0);
    expect(await client.token(null)).toEqual({ ok: true, until: null });
    await projection.session(2);
    const delta = await eventually('the chain goes on', () => client.frames.find(({ prev }) => prev !== undefined));
    expect(delta.view).toBe(view);
    expect(client.left).toEqual([]);
  });

  it('K9: a new one in time, and nothing is let go', async () => {
    const gateway = await given();
    const client = enter(gateway, await tokenOf(2));
    const { view } = await client.subscribe();
    const answer = await client.token(await tokenOf(3600));
    expect(answer).toMatchObject({ ok: true, until: expect.any(Number) });
    expect((answer as TokenTaken).until).toBeGreaterThan(Date.now() + 3_500_000);
    await anotherEnds(gateway);
    expect(client.left).toEqual([]);
    await projection.count(1, 8);
    await eventually('the view goes on', () => client.frames.some((each) => each.view === view && each.prev));
  });

  it('a bad one is refused, and what stood stays until its own end', async () => {
    const client = enter(await given(), await tokenOf(4));
    const { view } = await client.subscribe();
    expect(await client.token('x')).toMatchObject({
      ok: false,
      code: 'unauthorized',
      error: expect.stringContaining('the token'),
    });
    expect(await client.token(await tokenOf(-60))).toMatchObject({
      code: 'unauthorized',
      error: 'the token has expired',
    });
    expect(await client.token(5)).toMatchObject({ ok: false, code: 'invalid_request' });
    expect(client.left).toEqual([]);
    await eventually('it ends', () => client.left.length > 0, ENDS_WITHIN_MS);
    expect(client.left[0]).toMatchObject({ view, code: 'token_expired' });
  });

  it('one with other rights moves later questions only, and lets go of what it does not show', async () => {
    const client = enter(await given());
    const open = await client.subscribe();
    expect(await client.token(await tokenOf(3600))).toMatchObject({ ok: true });
    const hidden = await client.subscribe({ limit: 7 });
    await eventually('it is shown', () => client.countOf(hidden.view, idOf(1)) === 7);
    expect(await client.token(await tokenOf(3600, 'chat'))).toMatchObject({ ok: true });
    await eventually('the hidden one is let go', () => client.left.length > 0);
    expect(client.left).toMatchObject([{ view: hidden.view, code: 'token_replaced' }]);
    await projection.session(2);
    await eventually('the open one goes on', () =>
      client.frames.find(({ view, prev }) => view === open.view && prev === open.frame),
    );
  });

  it('null is a log out: the public’s at once', async () => {
    const client = enter(await given(), await tokenOf(3600));
    const { view } = await client.subscribe();
    expect(await client.token(null)).toEqual({ ok: true, until: null });
    await eventually('the view is let go', () => client.left.length > 0);
    expect(client.left).toMatchObject([{ view, code: 'token_replaced' }]);
    expect(client.expires).toEqual([]);
  });

  it('one without an end is never announced', async () => {
    const gateway = await given({ JWT_SECRET, JWT_REQUIRE_EXP: 'false' });
    const client = enter(gateway, await tokenOf(-2));
    await eventually('the first is announced', () => client.expires.length > 0);
    expect(await client.token(await tokenOf(null))).toEqual({ ok: true, until: null });
    const { view } = await client.subscribe();
    await anotherEnds(gateway);
    expect([client.left, client.expires.length]).toEqual([[], 1]);
    expect(await client.subscribe()).toMatchObject({ view });
  });

  it('one that lives five seconds is announced at once', async () => {
    const client = enter(await given(), await tokenOf(5));
    await eventually('it is warned', () => client.expires.length > 0);
    expect(client.left).toEqual([]);
  });

  it('a flood of them is bounded', async () => {
    const client = enter(await given(), await tokenOf(3600));
    const answers = await Promise.all(Array.from({ length: 20 }, async () => client.token(await tokenOf(3600))));
    const refused = answers.filter((answer) => !answer.ok);
    expect(answers.length - refused.length).toBeLessThanOrEqual(6);
    expect(refused[0]).toMatchObject({ code: 'rate_limited', retry_after_ms: expect.any(Number) });
  });

  it('while the key set is away one is put off, what stood stays, and it is taken later', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] });
    let status = 500;
    const server: Server = createServer((_request, response) => response.writeHead(status).end(keys));
    server.listen(0, '127.0.0.1');
    closers.push(() => server.close());
    await once(server, 'listening');
    const claims = new SignJWT({ scope: 'counts:hidden' }).setProtectedHeader({ alg: 'ES256', kid: 'one' });
    const token = await claims.setExpirationTime('1h').sign(privateKey);
    const gateway = await given({ JWKS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
    const client = enter(gateway);
    const { view } = await client.subscribe();
    expect(await client.token(token)).toMatchObject({ ok: false, code: 'unavailable', retry_after_ms: 1000 });
    expect(await client.subscribe()).toMatchObject({ ok: true, view });
    status = 200;
    await eventually('it is taken', async () => (await client.token(token)).ok, 60_000);
    expect((await client.subscribe()).view).not.toBe(view);
  });

  it('are renewed by the SDK, whose list never stands still', async () => {
    const gateway = await given();
    const tokens = [await tokenOf(-1), await tokenOf(3600)];
    let asked = 0;
    const marquee = new Marquee({ gateway: gateway.url, token: () => tokens[Math.min(asked++, 1)] ?? null });
    closers.push(() => marquee.close());
    const states: string[] = [];
    const connections: string[] = [];
    let last: LiveUpdate | undefined;
    marquee.live({}, (update) => {
      states.push(update.state);
      last = update;
    });
    marquee.onState((state) => connections.push(state));
    await eventually('a new one is asked for', () => asked === 2);
    await projection.count(1, 9);
    await eventually('it is counted', () => last?.sessions[0]?.viewer_count === 9);
    expect(connections.filter((state) => state !== 'idle')).toEqual(['connecting', 'connected']);
    // Whether the projection is stale meanwhile has nothing to do with tokens.
    expect(states.filter((state) => state !== 'live' && state !== 'stale')).toEqual(['loading']);
  });

  it('that end and are not renewed leave the SDK the public list', async () => {
    const gateway = await given();
    const marquee = new Marquee({ gateway: gateway.url, token: await tokenOf(-1) });
    closers.push(() => marquee.close());
    let last: LiveUpdate | undefined;
    marquee.live({}, (update) => {
      last = update;
    });
    await eventually('it is shown', () => last?.sessions[0]?.viewer_count === 7);
    await eventually('it is hidden', () => last?.sessions[0]?.viewer_count === null, ENDS_WITHIN_MS);
    expect(last?.state).toBe('live');
    await projection.session(2);
    await eventually('the list goes on', () => last?.total === 2);
    expect(marquee.status).toMatchObject({ state: 'connected', trouble: 'token' });
  });
});
