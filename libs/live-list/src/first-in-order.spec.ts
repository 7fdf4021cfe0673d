import fc from 'fast-check';
import { FirstInOrder } from './first-in-order';

const compare = (a: number, b: number) => a - b;

function firstOf(all: readonly number[], count: number): number[] {
  const first = new FirstInOrder(count, compare);
  for (const one of all) first.add(one);
  return first.all();
}

describe('the first in an order', () => {
  it('are those of a full sort', () => {
    const numbers = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 3000, size: 'max' });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 400 }), (all, count) => {
        expect(firstOf(all, count)).toEqual([...all].sort(compare).slice(0, count));
      }),
    );
  });

  it('are all where there are no more, and leave what was given as it was', () => {
    const all = [3, 1, 2];
    expect(firstOf(all, 5)).toEqual([1, 2, 3]);
    expect(firstOf([], 5)).toEqual([]);
    expect(all).toEqual([3, 1, 2]);
  });
});
