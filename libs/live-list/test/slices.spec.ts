import { GivenDesk, list, start } from './given-desk';

const FOLLOWERS = 1200;
const SLICE = 500;

/** How many were sent something by the last call. */
function sentBy(given: GivenDesk, does: () => unknown): number {
  const before = given.broadcasts.length;
  does();
  return given.broadcasts.slice(before).reduce((sum, { to }) => sum + to, 0);
}

describe('what goes to all goes in slices', () => {
  const crowd = () => {
    const given = new GivenDesk();
    const listeners = Array.from({ length: FOLLOWERS }, () => given.listener());
    for (const listener of listeners) given.ask(listener, list());
    return { given, listeners };
  };

  it.each([
    [
      'a heartbeat',
      (given: GivenDesk) => {
        given.now += 10_000;
        given.desk.step(given.now);
      },
    ],
    ['staleness', (given: GivenDesk) => given.desk.setFreshness({ isStale: true, freshAt: 7 }, given.now)],
    [
      'staleness behind a frame',
      (given: GivenDesk) => {
        given.happens(start(1));
        given.now += 60;
        given.desk.step(given.now);
        given.desk.setFreshness({ isStale: true, freshAt: 7 }, given.now);
      },
    ],
  ])('%s', (_what, happens) => {
    const { given, listeners } = crowd();
    expect(sentBy(given, () => happens(given))).toBe(0);
    expect(sentBy(given, () => given.desk.pump(SLICE, given.now))).toBe(SLICE);
    while (given.desk.pump(SLICE, given.now));
    expect(listeners.map(({ sent }) => sent.at(-1)?.event)).toEqual(listeners.map(() => 'heartbeat'));
    const frames = listeners.map(({ sent }) => sent.map(({ frame }) => (frame as { frame: number }).frame));
    expect(frames.filter((all) => all.some((frame, at) => frame < (all[at - 1] ?? 0)))).toEqual([]);
  });

  it('who comes while a heartbeat is on its way is not taken back by it', () => {
    const { given } = crowd();
    given.now += 10_000;
    given.desk.step(given.now);
    given.desk.pump(SLICE, given.now);
    given.happens({ what: 'room', which: 6, how: 1 });
    given.now += 60;
    const late = given.listener();
    expect(given.ask(late, list(), { at: { epoch: 1, seq: 1 } })).toMatchObject([{ ok: true, seq: 1 }]);
    while (given.desk.pump(SLICE, given.now));
    expect(late.sent.map(({ event }) => event)).toEqual(['snapshot']);
  });

  it('slow listeners are looked after a bounded number at a time, all in their turn', () => {
    const { given, listeners } = crowd();
    for (const listener of listeners) listener.queued = 100;
    given.happens(start(1));
    given.passes(60);
    const dismissed = () => listeners.filter(({ dismissed: why }) => why).length;
    given.now += 15_000;
    given.desk.step(given.now);
    expect(dismissed()).toBe(200);
    given.passes(100);
    expect(dismissed()).toBe(FOLLOWERS);
  });
});
