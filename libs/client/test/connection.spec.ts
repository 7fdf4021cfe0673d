import type { io } from 'socket.io-client';
import { Connection } from '../src/connection';
import type { ConnectionState, ConnectionStatus } from '../src/connection-status';
import { Wire } from './wire';

const NOW = Date.UTC(2026, 10, 26);

describe('a connection', () => {
  let wire: Wire;
  let connection: Connection;
  let statuses: ConnectionStatus[];
  let states: ConnectionState[];
  let told: string[];

  beforeEach(() => {
    jest.useFakeTimers({ now: NOW });
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    [wire, statuses, states, told] = [new Wire(), [], [], []];
    const listener = {
      isFollowing: false,
      connected: () => void told.push('connected'),
      disconnected: () => void told.push('disconnected'),
      received: () => undefined,
      renewed: () => void told.push('renewed'),
    };
    connection = new Connection({ url: 'http://g' }, listener, { open: (() => wire) as unknown as typeof io });
    connection.open();
    wire.connects = 0;
    connection.watchers.onStatus((status) => statuses.push(status));
    connection.watchers.onState((state) => states.push(state));
  });
  afterEach(() => {
    connection.close();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  const upgradeAnswered = (status: number) =>
    Object.assign(new Error('websocket error'), { description: { message: `Unexpected server response: ${status}` } });

  it.each([
    ['busy', upgradeAnswered(503), 'Unexpected server response: 503'],
    ['busy', upgradeAnswered(429), 'Unexpected server response: 429'],
    ['forbidden', upgradeAnswered(403), 'Unexpected server response: 403'],
    ['unauthorized', Object.assign(new Error('unauthorized'), { data: { code: 'unauthorized' } }), 'unauthorized'],
    [
      'unauthorized',
      Object.assign(new Error('unauthorized'), { data: { code: 'unauthorized', error: 'the token has expired' } }),
      'the token has expired',
    ],
    ['unavailable', Object.assign(new Error('unavailable'), { data: { code: 'unavailable' } }), 'unavailable'],
    ['unreachable', new Error('websocket error'), 'websocket error'],
    ['unreachable', upgradeAnswered(500), 'Unexpected server response: 500'],
  ])('says that it is %s, and when it tries again', (trouble, error, detail) => {
    wire.emit('connect_error', error);
    expect(connection.status).toEqual({ state: 'connecting', trouble, detail, retryAt: NOW + 250 });
    jest.advanceTimersByTime(249);
    expect(wire.connects).toBe(0);
    jest.advanceTimersByTime(1);
    expect(wire.connects).toBe(1);
    expect(connection.status).toEqual({ state: 'connecting', trouble, detail });
    expect(told).toEqual([]);
  });

  it('tries again not before it was told to, where the token cannot be judged', () => {
    const data = { code: 'unavailable', error: 'not now', retry_after_ms: 1000 };
    wire.emit('connect_error', Object.assign(new Error('unavailable'), { data }));
    expect(connection.status).toEqual({
      state: 'connecting',
      trouble: 'unavailable',
      detail: 'not now',
      retryAt: NOW + 1250,
    });
  });

  it('waits longer after each failed try, and tells each of them', () => {
    for (let n = 0; n < 3; n += 1) {
      wire.emit('connect_error', new Error('websocket error'));
      jest.runOnlyPendingTimers();
    }
    const waits = statuses.flatMap(({ retryAt }) => retryAt ?? []);
    expect(waits).toEqual([NOW + 250, NOW + 750, NOW + 1750]);
    expect(states).toEqual(['connecting']);
  });

  it('has no trouble once it is connected, and starts anew when it is lost', () => {
    wire.emit('connect_error', new Error('websocket error'));
    wire.emit('connect');
    expect(connection.status).toEqual({ state: 'connected' });
    wire.emit('disconnect', 'transport close');
    expect(connection.status).toMatchObject({ trouble: 'lost', detail: 'transport close', retryAt: NOW + 250 });
    expect(told).toEqual(['connected', 'disconnected']);
    expect(states).toEqual(['connecting', 'connected', 'connecting']);
  });

  it('comes back after a goodbye not before it was told to, once', () => {
    wire.emit('connect');
    wire.emit('bye', { reason: 'shutdown', retry_after_ms: 5000 });
    wire.emit('disconnect', 'io server disconnect');
    expect(connection.status).toMatchObject({ trouble: 'bye', detail: 'shutdown', retryAt: NOW + 5250 });
    wire.emit('connect');
    wire.emit('disconnect', 'transport close');
    expect(connection.status).toMatchObject({ trouble: 'lost', retryAt: NOW + 250 });
  });

  it('ends for good, and tells who throws no less than others', () => {
    const tasks = jest.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => undefined);
    let isArmed = false;
    connection.watchers.onStatus(() => {
      if (isArmed) throw new Error('a bug of the application');
    });
    const after: ConnectionState[] = [];
    connection.watchers.onState((state) => after.push(state));
    isArmed = true;
    connection.close();
    expect(connection.status).toEqual({ state: 'closed' });
    expect(after).toEqual(['connecting', 'closed']);
    expect(tasks).toHaveBeenCalledTimes(1);
    jest.runAllTimers();
    expect(wire.connects).toBe(0);
  });

  it('that is closed by who hears of it stays closed, and nobody is told an older status after it', () => {
    wire.emit('connect');
    const end = connection.watchers.onStatus(({ state, retryAt }) => {
      if (state === 'connecting' && retryAt === undefined) connection.close();
    });
    const after: ConnectionState[] = [];
    connection.watchers.onState((state) => after.push(state));
    wire.emit('disconnect', 'transport close');
    jest.advanceTimersByTime(60_000);
    expect(connection.state).toBe('closed');
    expect(wire.connects).toBe(0);
    expect(after).toEqual(['connected', 'connecting', 'closed']);
    end();
  });

  it('that is closed by who hears that it is connected asks nothing any more', () => {
    connection.watchers.onStatus(({ state }) => state === 'connected' && connection.close());
    wire.emit('connect');
    expect(connection.state).toBe('closed');
    expect(told).toEqual([]);
  });

  it('tells nothing more to a watcher that another one has ended', () => {
    const heard: string[] = [];
    let endOther = () => undefined as void;
    connection.watchers.onState((state) => state === 'connected' && endOther());
    endOther = connection.watchers.onState((state) => heard.push(state));
    wire.emit('connect');
    expect(heard).toEqual(['connecting']);
  });
});
