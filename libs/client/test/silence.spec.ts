import type { io } from 'socket.io-client';
import { Connection } from '../src/connection';
import { Wire } from './wire';

describe('a connection on which nothing comes any more', () => {
  let wire: Wire;
  let connection: Connection;
  let told: string[];
  let listener: { isFollowing: boolean };

  beforeEach(() => {
    jest.useFakeTimers();
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    [wire, told] = [new Wire(), []];
    const heard = {
      isFollowing: true,
      connected: () => void told.push('connected'),
      disconnected: (why: string) => void told.push(why),
      received: () => undefined,
      renewed: () => undefined,
    };
    listener = heard;
    connection = new Connection({ url: 'http://g' }, heard, { open: (() => wire) as unknown as typeof io });
    connection.open();
    wire.emit('connect');
  });
  afterEach(() => {
    connection.close();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('is lost after 25 s at most, and made anew', () => {
    jest.advanceTimersByTime(24_999);
    expect(connection.state).toBe('connected');
    jest.advanceTimersByTime(1);
    expect(connection.status).toMatchObject({ state: 'connecting', trouble: 'lost' });
    expect(told).toEqual(['connected', 'disconnected']);
    expect(wire.connects).toBe(1);
    jest.advanceTimersByTime(250);
    expect(wire.connects).toBe(2);
    wire.emit('connect');
    expect(connection.status).toEqual({ state: 'connected' });
    jest.advanceTimersByTime(24_999);
    expect(connection.state).toBe('connected');
  });

  it.each(['snapshot', 'delta', 'heartbeat'])('is not lost while a %s comes every 10 s, or somewhat later', (event) => {
    for (let n = 0; n < 10; n++) {
      jest.advanceTimersByTime(19_000);
      wire.emit(event, { view: 'v' });
    }
    expect(told).toEqual(['connected']);
  });

  it('is not lost where nothing is followed: nothing is promised', () => {
    listener.isFollowing = false;
    jest.advanceTimersByTime(600_000);
    listener.isFollowing = true;
    jest.advanceTimersByTime(19_000);
    expect(told).toEqual(['connected']);
  });

  it('is not lost by a page that slept: what came meanwhile is heard first', () => {
    jest.setSystemTime(Date.now() + 3_600_000);
    jest.advanceTimersByTime(5000);
    wire.emit('delta', { view: 'v' });
    expect(told).toEqual(['connected']);
  });

  it('is looked at no more once it is closed', () => {
    connection.close();
    jest.advanceTimersByTime(60_000);
    expect(connection.state).toBe('closed');
    expect(wire.connects).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });
});
