import type { io } from 'socket.io-client';
import { Connection, type ConnectionOptions } from '../src/connection';
import { pageAround } from '../src/page';
import { Wire } from './wire';

const NOW = Date.UTC(2026, 10, 29);
const FIVE_MINUTES = 300_000;

describe('a connection in a page', () => {
  let wire: Wire;
  let connection: Connection;
  let told: string[];
  let window: EventTarget & { document: EventTarget & { visibilityState: string } };

  beforeEach(() => {
    jest.useFakeTimers({ now: NOW });
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    [wire, told] = [new Wire(), []];
    const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    window = Object.assign(new EventTarget(), { document });
  });
  afterEach(() => {
    connection.close();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  const open = (options: Partial<ConnectionOptions> = {}) => {
    const listener = {
      isFollowing: false,
      connected: () => void told.push('connected'),
      disconnected: (why: string) => void told.push(why),
      received: () => undefined,
      renewed: () => undefined,
    };
    const around = { open: (() => wire) as unknown as typeof io, page: pageAround(window) };
    connection = new Connection({ url: 'http://g', ...options }, listener, around);
    connection.open();
  };
  const becomes = (visibilityState: 'visible' | 'hidden') => {
    window.document.visibilityState = visibilityState;
    window.document.dispatchEvent(new Event('visibilitychange'));
  };

  it.each([
    ['the network is back', () => window.dispatchEvent(new Event('online'))],
    ['the page is shown', () => becomes('visible')],
  ])('tries again at once when %s', (_what, happens) => {
    open();
    for (let n = 0; n < 5; n += 1) {
      wire.emit('connect_error', new Error('websocket error'));
      jest.runOnlyPendingTimers();
    }
    wire.emit('connect_error', new Error('websocket error'));
    const before = wire.connects;
    happens();
    expect(wire.connects).toBe(before + 1);
    expect(connection.status).toMatchObject({ state: 'connecting', trouble: 'unreachable' });
  });

  it('does not come before it was told to, whatever the page does', () => {
    open();
    wire.emit('connect');
    wire.emit('bye', { reason: 'shutdown', retry_after_ms: 5000 });
    wire.emit('disconnect', 'io server disconnect');
    window.dispatchEvent(new Event('online'));
    expect(connection.status).toMatchObject({ trouble: 'bye', retryAt: NOW + 5000 });
    jest.advanceTimersByTime(4999);
    expect(wire.connects).toBe(1);
    jest.advanceTimersByTime(1);
    expect(wire.connects).toBe(2);
  });

  it('is let go after five minutes in which the page is hidden, and comes back with it', () => {
    open();
    wire.emit('connect');
    becomes('hidden');
    jest.advanceTimersByTime(FIVE_MINUTES - 1);
    expect(connection.state).toBe('connected');
    jest.advanceTimersByTime(1);
    expect(connection.status).toEqual({ state: 'hidden' });
    expect(told).toEqual(['connected', 'hidden']);
    jest.advanceTimersByTime(FIVE_MINUTES);
    expect(wire.connects).toBe(1);
    becomes('visible');
    expect(wire.connects).toBe(2);
    expect(connection.state).toBe('connecting');
  });

  it('stays where the page is shown in time, or where it is told to stay', () => {
    open();
    wire.emit('connect');
    becomes('hidden');
    jest.advanceTimersByTime(FIVE_MINUTES - 1);
    becomes('visible');
    jest.advanceTimersByTime(FIVE_MINUTES);
    expect(connection.state).toBe('connected');
    connection.close();
    [wire, told] = [new Wire(), []];
    open({ letGoHiddenAfterMs: false });
    wire.emit('connect');
    becomes('hidden');
    jest.advanceTimersByTime(10 * FIVE_MINUTES);
    expect(connection.state).toBe('connected');
  });

  it('hears nothing of the page any more once it is closed', () => {
    open();
    wire.emit('connect');
    connection.close();
    becomes('hidden');
    jest.advanceTimersByTime(FIVE_MINUTES);
    becomes('visible');
    expect(connection.state).toBe('closed');
    expect(wire.connects).toBe(1);
  });
});
