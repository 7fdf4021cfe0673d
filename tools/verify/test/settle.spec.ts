import type { Difference } from '#libs/session-store';
import { type Sight, settle } from '../src/settle';

const differs = (found: string): Difference => ({ kind: 'k', id: 'a', where: 'w', expected: 'x', found });

/** What is seen of one thing, look by look; the last goes on. */
async function seen(...sights: Sight[]) {
  let looks = 0;
  const settled = await settle(
    ['a'],
    async () => {
      const sight = sights[Math.min(looks, sights.length - 1)];
      looks += 1;
      return new Map(sight ? [['a', sight]] : []);
    },
    0,
  );
  return { ...settled, looks };
}

const equal: Sight = { difference: null, settled: true };
const settledOn = (found: string): Sight => ({ difference: differs(found), settled: true });
const underWay = (found: string): Sight => ({ difference: differs(found), settled: false });

describe('a difference', () => {
  it('is one at two looks in turn with nothing under way', async () => {
    expect(await seen(settledOn('old'))).toEqual({ differences: [differs('old')], moving: 0, looks: 2 });
  });

  it('is none that is seen once', async () => {
    expect(await seen(settledOn('old'), equal)).toEqual({ differences: [], moving: 0, looks: 2 });
  });

  it('is none as long as the look before showed another one, or something was under way', async () => {
    const moving = await seen(settledOn('1'), settledOn('2'), settledOn('1'), underWay('1'), settledOn('1'), equal);
    expect(moving).toEqual({ differences: [], moving: 0, looks: 6 });
  });

  it('is one that is under way and never arrives', async () => {
    expect(await seen(underWay('old'))).toEqual({ differences: [differs('old')], moving: 0, looks: 12 });
  });

  it('is not told of what is another one at every look', async () => {
    const sights = Array.from({ length: 12 }, (_, at) => settledOn(String(at)));
    expect(await seen(...sights)).toEqual({ differences: [], moving: 1, looks: 12 });
  });
});
