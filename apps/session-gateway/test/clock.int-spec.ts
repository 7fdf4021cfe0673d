import type { DeltaFrame, HeartbeatFrame } from '#libs/contracts';
import { io } from 'socket.io-client';
import { type GivenGateway, GivenProjection, eventually, givenGateway, idOf, untilReady } from './given';

const HOUR_MS = 3_600_000;
/** A heartbeat comes after ten seconds of silence. */
const HEARD_WITHIN_MS = 20_000;

describe('a gateway whose clock is set back by an hour', () => {
  let projection: GivenProjection;
  let gateway: GivenGateway;

  beforeEach(async () => {
    projection = new GivenProjection();
    await projection.rebuild();
    await projection.session(1);
    gateway = await givenGateway(projection);
    await untilReady(gateway);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await gateway.close();
    await projection.close();
  });

  it('tells what starts and ends, gives heartbeats by its new time, and does not call the list old', async () => {
    const socket = io(gateway.url, { transports: ['websocket'], reconnection: false });
    const deltas: DeltaFrame[] = [];
    const heartbeats: HeartbeatFrame[] = [];
    socket.on('delta', (frame: DeltaFrame) => deltas.push(frame));
    socket.on('heartbeat', (frame: HeartbeatFrame) => heartbeats.push(frame));
    const viewsOf = (frames: readonly { view: string }[]) => new Set(frames.map(({ view }) => view)).size;
    const viewsWith = (index: number) =>
      viewsOf(deltas.filter(({ upserts }) => upserts?.some(({ id }) => id === idOf(index))));
    const viewsWithout = (index: number) =>
      viewsOf(deltas.filter(({ removes }) => removes?.some(([id]) => id === idOf(index))));
    try {
      await socket.emitWithAck('subscribe', { v: 1, query: {} });
      await socket.emitWithAck('watch', { ids: [idOf(3)] });
      await projection.session(2);
      await eventually('a start is told', () => viewsWith(2) === 1);
      heartbeats.splice(0);

      const real = Date.now.bind(Date);
      jest.spyOn(Date, 'now').mockImplementation(() => real() - HOUR_MS);
      await projection.session(3);
      await eventually('a start is told in the list and in the watch', () => viewsWith(3) === 2);
      await projection.end(3);
      await eventually('an end is told in both', () => viewsWithout(3) === 2);
      await eventually('silence is filled', () => viewsOf(heartbeats) === 2, HEARD_WITHIN_MS);
      expect(heartbeats.filter(({ stale }) => stale)).toEqual([]);
      for (const { time } of heartbeats) expect(Math.abs(time - Date.now())).toBeLessThan(HOUR_MS / 2);
    } finally {
      socket.disconnect();
    }
  });
});
