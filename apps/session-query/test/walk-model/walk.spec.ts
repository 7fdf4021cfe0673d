import type { Bugs } from './walker';
import { COURSES, failureOf } from './rules';

const SEEDED: [keyof typeof COURSES, keyof Bugs][] = [
  ['everythingMoves', 'twoMoments'],
  ['longPast', 'noLookUp'],
  ['everythingMoves', 'keepsGiven'],
  ['redisFails', 'madeAnew'],
  ['everythingMoves', 'tooOld'],
  ['everythingMoves', 'behindFirst'],
  ['everythingMoves', 'passesEnded'],
  ['everythingMoves', 'neverKept'],
];

describe('a walk gives nothing twice, and misses nothing that was there throughout', () => {
  it.each(Object.keys(COURSES) as (keyof typeof COURSES)[])('%s', async (name) => {
    expect(await failureOf(name, {}, 500)).toBeUndefined();
  });

  it.each(SEEDED)('%s: %s turns it red', async (name, bug) => {
    expect(await failureOf(name, { [bug]: true }, 5000, 7)).toBeDefined();
  });
});
