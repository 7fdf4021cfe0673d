import { columnsOf, gapsOf } from './chart-columns';

const point = (at: number, last: number) => ({ at, min: last, max: last, last });

describe('what the chart draws', () => {
  const points = [point(0, 5), point(20, 6), point(200, 9)];

  it('is a line, broken where no counts were reported', () => {
    expect(columnsOf(points, 10)).toEqual([
      [0, 20, 30, 200],
      [5, 6, null, 9],
    ]);
  });

  it('goes through the peak, where it lies among the counts', () => {
    expect(columnsOf([point(0, 5), point(20, 6)], 10, { at: 7, count: 12 })).toEqual([
      [0, 7, 20],
      [5, 12, 6],
    ]);
    expect(columnsOf([point(0, 5), point(20, 6)], 10, { at: 20, count: 12 })).toEqual([
      [0, 20],
      [5, 12],
    ]);
    expect(columnsOf([point(0, 5), point(20, 6)], 10, { at: 25, count: 12 })[0]).toEqual([0, 20]);
  });

  it('marks the gap, and no shorter one', () => {
    expect(gapsOf(points, 10)).toEqual([[20, 190]]);
    expect(gapsOf(points, 60)).toEqual([]);
  });
});
