import type { AudiencePoint } from './use-audience';

/** A step without a count may be chance; so many are a gap. */
const STEPS_OF_A_GAP = 6;

export type Columns = [at: number[], last: (number | null)[]];

/** What uPlot draws: null where a gap is, so that no line is drawn through it. */
export function columnsOf(points: readonly AudiencePoint[], step: number): Columns {
  const columns: Columns = [[], []];
  let before: AudiencePoint | undefined;
  for (const point of points) {
    if (before && point.at - before.at > step * STEPS_OF_A_GAP) {
      columns[0].push(before.at + step);
      columns[1].push(null);
    }
    columns[0].push(point.at);
    columns[1].push(point.last);
    before = point;
  }
  return columns;
}

/** The times, Unix seconds, of which no counts are known. */
export function gapsOf(points: readonly AudiencePoint[], step: number): [from: number, to: number][] {
  return points.flatMap(({ at }, index): [number, number][] => {
    const before = points[index - 1];
    return before && at - before.at > step * STEPS_OF_A_GAP ? [[before.at, at]] : [];
  });
}
