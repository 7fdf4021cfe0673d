import { atEnds } from './at-ends';

describe('points at the ends of their steps', () => {
  const begins = [0, 10, 20, 30].map((at) => ({ at }));
  const ends = (until: number) => atEnds(begins, 10, until).map(({ at }) => at);

  it('stand a step behind their beginnings', () => {
    expect(ends(100)).toEqual([10, 20, 30, 40]);
  });

  it('are never later than what is told, and no two at once; what was counted after the end stays apart', () => {
    expect(ends(34)).toEqual([10, 20, 30, 34]);
    expect(ends(14)).toEqual([10, 14, 20, 30]);
  });
});
