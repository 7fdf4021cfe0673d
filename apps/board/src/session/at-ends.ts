/**
 * Points that stand where their steps begin, at the ends of these: what was said last in a step was said then. `until`: of
 * what is later nothing was said yet; only a step that begins behind it stands where it begins.
 */
export function atEnds<P extends { at: number }>(points: readonly P[], step: number, until: number): P[] {
  return points.map((point) => ({ ...point, at: Math.max(point.at, Math.min(until, point.at + step)) }));
}
