import type { DeltaFrame } from '#libs/contracts';
import { RawSocketIo } from '../../../test/given/raw-socket-io';
import { type GivenGateway, GivenProjection, eventually, givenGateway, untilReady } from './given';
import { metricsOf } from '../../../test/given/operations';

const ROWS = Array.from({ length: 200 }, (_, index) => index + 1);
const QUERY = { sort: 'started_at', order: 'asc', limit: 200 };
const LONG_TITLE = 'x'.repeat(250);
/** Until the kernel takes no more for it: some MB. */
const FILLED_WITHIN_MS = 60_000;

/** A client that can stop reading; it notes what it was sent. */
class Reader {
  readonly deltas: DeltaFrame[] = [];
  readonly titles = new Map<string, string | null>();
  isFollowing = false;
  readonly socket: RawSocketIo;

  constructor(url: string) {
    this.socket = new RawSocketIo(
      { url },
      { connected: () => this.ask(200), pushed: (_bytes, decode) => this.take(decode()) },
    );
  }

  ask(limit: number): void {
    this.socket.emit('subscribe', { v: 1, query: { ...QUERY, limit } }, () => {
      this.isFollowing = true;
    });
  }

  private take([event, frame]: unknown[]): void {
    const { sessions, upserts } = frame as { sessions?: DeltaFrame['upserts'] } & DeltaFrame;
    for (const { id, title } of sessions ?? upserts ?? []) this.titles.set(id, title);
    if (event === 'delta') this.deltas.push(frame as DeltaFrame);
  }
}

describe('a client that does not read', () => {
  let projection: GivenProjection;
  let gateway: GivenGateway;
  let round = 0;
  const readers: Reader[] = [];

  const reader = async () => {
    const one = new Reader(gateway.url);
    readers.push(one);
    await eventually('it follows', () => one.isFollowing);
    return one;
  };
  const metric = async (name: string) => {
    const text = await metricsOf(gateway.app);
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(name))
        ?.split(' ')
        .at(-1) ?? 0,
    );
  };
  const dismissed = () => metric('marquee_gateway_dismissed_total{reason="slow"}');
  /** All rows anew, again and again, until `isEnough`. */
  const moveUntil = async (what: string, isEnough: () => Promise<boolean> | boolean) => {
    await eventually(
      what,
      async () => {
        round += 1;
        await projection.sessions(ROWS, { title: `${round} ${LONG_TITLE}` });
        await projection.session(201, { status: round % 2 === 0 ? 'live' : 'scheduled' });
        return isEnough();
      },
      FILLED_WITHIN_MS,
    );
  };

  beforeEach(async () => {
    projection = new GivenProjection();
    await projection.rebuild();
    await projection.sessions(ROWS);
    gateway = await givenGateway(projection, { DEFLATE: 'false' });
    await untilReady(gateway);
  });
  afterEach(async () => {
    for (const one of readers.splice(0)) one.socket.websocket.cut();
    await gateway.close();
    await projection.close();
  });

  it('C18: gets what it missed in one merged frame once it reads again', async () => {
    const [slow, other] = [await reader(), await reader()];
    slow.socket.websocket.pause();
    /** As long as all goes to both the same number of frames is handed over for each. */
    const frames = () => metric('marquee_gateway_frames_total{event="delta"}');
    let [handed, taken] = [0, 0];
    await moveUntil('it takes no more', async () => {
      const [now, at] = [await frames(), other.deltas.length];
      const isStuck = at - taken > 20 && now - handed < 1.2 * (at - taken);
      if (at - taken > 20) [handed, taken] = [now, at];
      return isStuck;
    });
    slow.socket.websocket.resume();
    const [row = ''] = other.titles.keys();
    await eventually('both show the last round', () =>
      [slow, other].every(({ titles }) => titles.get(row)?.startsWith(`${round} `)),
    );

    const chain = slow.deltas.map(({ prev }, index) => prev === slow.deltas[index - 1]?.frame);
    expect(chain.slice(1)).not.toContain(false);
    const jumps = slow.deltas.map(({ prev, frame }) => frame - (prev ?? 0)).filter((jump) => jump > 1);
    expect(jumps.length).toBeGreaterThan(0);
    expect(slow.deltas.length).toBeLessThan(other.deltas.length);
    expect(await dismissed()).toBe(0);
  });

  it('C18: for long is dismissed, and the others are not held up', async () => {
    const [slow, other] = [await reader(), await reader()];
    slow.socket.websocket.pause();
    await moveUntil('it is dismissed', async () => (await dismissed()) === 1);
    expect(await metric('marquee_gateway_sockets')).toBe(1);
    await eventually('the other is up to date', () => [...other.titles.values()][0]?.startsWith(`${round} `));
  });

  it('and asks again and again gets no more than it can take, and is cut off', async () => {
    const greedy = await reader();
    await moveUntil('the rows are long', () => round > 2);
    greedy.socket.websocket.pause();
    let limit = 200;
    await eventually(
      'it is cut off',
      async () => {
        limit = limit === 200 ? 199 : 200;
        greedy.ask(limit);
        return (await metric('marquee_gateway_sockets')) === 0;
      },
      FILLED_WITHIN_MS,
    );
  });
});
