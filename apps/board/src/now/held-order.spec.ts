import type { Row } from '../live/row';
import { holdOrder } from './held-order';

const row = (id: string, viewer_count: number): Row => ({ id, viewer_count }) as Row;

describe('the order while the pointer is on the list', () => {
  const shown = [row('a', 30), row('b', 20), row('c', 10)];

  it('is held, with the new counts', () => {
    expect(holdOrder(shown, [row('c', 90), row('a', 31), row('b', 20)])).toEqual([
      row('a', 31),
      row('b', 20),
      row('c', 90),
    ]);
  });

  it('keeps who has left in its place, marked', () => {
    expect(holdOrder(shown, [row('a', 30), row('c', 10)])).toEqual([
      row('a', 30),
      { ...row('b', 20), hasLeft: true },
      row('c', 10),
    ]);
  });

  it('lets nobody in', () => {
    expect(holdOrder(shown, [row('new', 99), ...shown])).toEqual(shown);
  });
});
