import { stationsOf } from './stations-of';

const shown = (acknowledged: number | null, recorded: number | null, projected: number | null, pushed: number | null) =>
  stationsOf({ acknowledged, recorded, projected, pushed }).map(({ from, until, isAtMost }) => [from, until, isAtMost]);

describe('the stations of an event', () => {
  it('follow each other', () => {
    expect(shown(5, 12, 20, 31)).toEqual([
      [0, 5, false],
      [5, 12, false],
      [12, 20, false],
      [20, 31, false],
    ]);
  });

  it('had it no later than the next one, whenever their answers came', () => {
    expect(shown(5, 40, 40.1, 22)).toEqual([
      [0, 5, false],
      [5, 22, true],
      [22, 22, true],
      [22, 22, false],
    ]);
    expect(shown(30, null, null, 22)).toEqual([
      [0, 22, true],
      [22, 22, true],
      [22, 22, true],
      [22, 22, false],
    ]);
  });

  it('are not known before anything says so', () => {
    expect(shown(5, 12, null, null)).toEqual([
      [0, 5, false],
      [5, 12, false],
      [12, null, false],
      [12, null, false],
    ]);
  });
});
