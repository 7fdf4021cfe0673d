import { EventEmitter } from 'node:events';
import type { io } from 'socket.io-client';
import { Connection, type ConnectionOptions } from '../src/connection';

const NOW = Date.UTC(2026, 10, 29);

/** A socket that the test connects and cuts; keeps the tokens that it was shown. */
class Wire extends EventEmitter {
  auth: { token?: string } = {};
  readonly shown: (string | undefined)[] = [];
  readonly sent: { token: string | null; answer: (answer: object) => void }[] = [];

  connect(): void {
    this.shown.push(this.auth.token);
  }

  disconnect(): void {
    super.emit('disconnect', 'io client disconnect');
  }

  override emit(event: string, ...given: unknown[]): boolean {
    if (event !== 'token') return super.emit(event, ...given);
    const [{ token }, answer] = given as [{ token: string | null }, (answer: object) => void];
    this.sent.push({ token, answer });
    return true;
  }
}

describe('the token of a connection', () => {
  let wire: Wire;
  let connection: Connection;
  let told: string[];

  beforeEach(() => {
    jest.useFakeTimers({ now: NOW });
    jest.spyOn(Math, 'random').mockReturnValue(0);
    [wire, told] = [new Wire(), []];
  });
  afterEach(() => {
    connection.close();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  const connect = (token: ConnectionOptions['token']) => {
    const listener = {
      isFollowing: false,
      connected: () => void told.push('connected'),
      disconnected: () => void told.push('disconnected'),
      received: () => undefined,
      renewed: () => void told.push('renewed'),
    };
    connection = new Connection({ url: 'http://g', token }, listener, { open: (() => wire) as unknown as typeof io });
    connection.open();
  };
  const unauthorized = () =>
    Object.assign(new Error('unauthorized'), { data: { code: 'unauthorized', error: 'the token has expired' } });
  const settle = () => jest.advanceTimersByTimeAsync(0);

  it.each([
    ['a text', 'one', 'one'],
    ['nobody', null, undefined],
    ['an empty text', '', undefined],
    ['a function', () => 'two', 'two'],
    ['a function that gives nobody', () => undefined, undefined],
    ['an async function', async () => 'three', 'three'],
  ])('is that of %s', async (_what, token, shown) => {
    connect(token);
    await settle();
    expect(wire.shown).toEqual([shown]);
  });

  it('is asked at each connection', async () => {
    let count = 0;
    connect(() => `token ${(count += 1)}`);
    wire.emit('connect');
    wire.emit('disconnect', 'transport close');
    await settle();
    expect(wire.shown).toEqual(['token 1', 'token 2']);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('no session')), 'no token: no session', 0],
    ['throws at once', () => { throw new Error('no session'); }, 'no token: no session', 0], // prettier-ignore
    ['never answers', () => new Promise<string>(() => undefined), 'no token: it was not given within 15 s', 15_000],
  ])('is a trouble when the function %s, and it is tried again', async (_what, token, detail, afterMs) => {
    connect(token);
    await jest.advanceTimersByTimeAsync(afterMs);
    expect(connection.status).toMatchObject({ state: 'connecting', trouble: 'token', detail });
    expect(wire.shown).toEqual([]);
  });

  it('K9: is replaced before it ends', async () => {
    let token = 'one';
    connect(() => token);
    wire.emit('connect');
    token = 'two';
    wire.emit('token_expires', { at: NOW + 60_000 });
    expect(wire.sent.map((each) => each.token)).toEqual(['two']);
    wire.sent[0]?.answer({ ok: true, until: NOW + 3_600_000 });
    expect(connection.status).toEqual({ state: 'connected' });
    expect(told).toEqual(['connected']);
  });

  it('K9: is asked for some times where there is no newer one, and refusals are survived', async () => {
    let token = 'one';
    connect(() => token);
    wire.emit('connect');
    wire.emit('token_expires', { at: NOW + 60_000 });
    expect(wire.sent).toEqual([]);
    expect(connection.status).toMatchObject({ state: 'connected', trouble: 'token' });
    token = 'bad';
    await jest.advanceTimersByTimeAsync(1000);
    wire.sent[0]?.answer({ ok: false, code: 'unauthorized', error: 'the token is forged' });
    expect(connection.status).toMatchObject({ state: 'connected', trouble: 'token', detail: 'the token is forged' });
    token = 'good';
    await jest.advanceTimersByTimeAsync(1000);
    wire.sent[1]?.answer({ ok: false, code: 'unavailable', error: 'not now', retry_after_ms: 5000 });
    await jest.advanceTimersByTimeAsync(4999);
    expect(wire.sent).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(1);
    wire.sent[2]?.answer({ ok: true, until: null });
    expect(connection.status).toEqual({ state: 'connected' });
    await jest.advanceTimersByTimeAsync(60_000);
    expect(wire.sent.map((each) => each.token)).toEqual(['bad', 'good', 'good']);
  });

  it('K9: that ends is told, and one that comes later brings back what it shows', async () => {
    let token = 'one';
    connect(() => token);
    wire.emit('connect');
    wire.emit('token_expires', { at: NOW + 60_000 });
    wire.emit('left', { view: 'v', code: 'token_expired', error: 'it ended' });
    expect(connection.status).toMatchObject({ state: 'connected', trouble: 'token' });
    token = 'two';
    await jest.advanceTimersByTimeAsync(1000);
    wire.sent[0]?.answer({ ok: true, until: null });
    expect(told).toEqual(['connected', 'renewed']);
    expect(connection.status).toEqual({ state: 'connected' });
  });

  it('K9: that has ended is not shown again: the public list goes on', async () => {
    connect('one');
    wire.emit('connect');
    wire.emit('disconnect', 'transport close');
    await settle();
    wire.emit('connect_error', unauthorized());
    wire.emit('connect');
    expect(wire.shown).toEqual(['one', 'one', undefined]);
    expect(connection.status).toMatchObject({ state: 'connected', trouble: 'token' });
  });

  it('that was never valid is a trouble', () => {
    connect('forged');
    wire.emit('connect_error', unauthorized());
    expect(connection.status).toMatchObject({ trouble: 'unauthorized', detail: 'the token has expired' });
  });

  it('is asked anew when somebody logs in or out, and all that is live with it', async () => {
    let token: string | null = null;
    connect(() => token);
    wire.emit('connect');
    token = 'me';
    connection.renewToken();
    wire.sent[0]?.answer({ ok: true, until: null });
    token = null;
    connection.renewToken();
    wire.sent[1]?.answer({ ok: true, until: null });
    expect(wire.sent.map((each) => each.token)).toEqual(['me', null]);
    expect(told).toEqual(['connected', 'renewed', 'renewed']);
  });
});
