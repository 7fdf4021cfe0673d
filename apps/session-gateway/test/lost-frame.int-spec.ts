import { type LiveUpdate, Marquee } from '#libs/client';
import { GivenProjection, eventually, givenGateway, untilReady } from './given';
import { LosingRelay } from './losing-relay';

/** A view that is silent says where it is after ten seconds. */
const HEARD_WITHIN_MS = 20_000;

describe('a frame that is lost on the way to a client of the SDK', () => {
  const closers: (() => unknown)[] = [];
  let projection: GivenProjection;
  let relay: LosingRelay;
  /** Every list that it was shown. */
  let shown: string[];

  const shows = (titles: string, limitMs?: number) => eventually(titles, () => shown.at(-1) === titles, limitMs);
  const follow = async () => {
    const marquee = new Marquee({ gateway: relay.url });
    closers.push(() => marquee.close());
    marquee.live({ sort: 'started_at', order: 'asc' }, ({ state, sessions }: LiveUpdate) => {
      if (state === 'live') shown.push(sessions.map(({ title }) => title).join());
    });
    await shows('session 1');
  };

  beforeEach(async () => {
    projection = new GivenProjection();
    closers.push(() => projection.close());
    await projection.rebuild();
    await projection.session(1);
    const gateway = await givenGateway(projection);
    closers.push(() => gateway.close());
    await untilReady(gateway);
    relay = await LosingRelay.to(gateway.url);
    closers.push(() => relay.close());
    shown = [];
    await follow();
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  it('is noticed by the next one, which does not follow what the client has', async () => {
    const lost = relay.lose('delta');
    await projection.session(2);
    await lost;
    await projection.session(3);
    await shows('session 1,session 2,session 3');
    expect(new Set(shown)).toEqual(new Set(['session 1', 'session 1,session 2,session 3']));
  });

  it('is noticed by the heartbeat where no other follows', async () => {
    const lost = relay.lose('delta');
    await projection.session(2);
    await lost;
    await shows('session 1,session 2', HEARD_WITHIN_MS);
  });
});
