import type { Audience, AudiencePoint } from './use-audience';

/** A step without a count may be chance; so many are a gap. */
const STEPS_OF_A_GAP = 6;

export type Columns = [at: number[], last: (number | null)[]];

/**
 * What uPlot draws: null where a gap is, so that no line is drawn through it. The peak is a point of its own, for it
 * lies between the last counts of two steps.
 */
export function columnsOf(points: readonly AudiencePoint[], step: number, peak: Audience['peak'] = null): Columns {
  const columns: Columns = [[], []];
  let before: AudiencePoint | undefined;
  for (const point of withPeak(points, peak)) {
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

function withPeak(points: readonly AudiencePoint[], peak: Audience['peak']): readonly AudiencePoint[] {
  const [first, last] = [points[0], points.at(-1)];
  if (!peak || !first || !last || peak.at < first.at || peak.at > last.at) return points;
  const { at, count } = peak;
  return [
    ...points.filter((point) => point.at < at),
    { at, min: count, max: count, last: count },
    ...points.filter((point) => point.at > at),
  ];
}

/** The times, Unix seconds, of which no counts are known; a point stands at the end of its step. */
export function gapsOf(points: readonly AudiencePoint[], step: number): [from: number, to: number][] {
  return points.flatMap(({ at }, index): [number, number][] => {
    const before = points[index - 1];
    return before && at - before.at > step * STEPS_OF_A_GAP ? [[before.at, at - step]] : [];
  });
}
