import type { Point } from '../live/audience-history';

const EDGE = 2;

const SPAN_MS = 30 * 60_000;

/**
 * The path of a line through the points: half an hour from left to right, up to the last at the right edge, so that what
 * is young is short. The scale begins at nought only where the numbers come near it: what moves should be seen. Empty
 * with less than two points; `start` is where it begins.
 */
export function sparkPath(points: readonly Point[], width: number, height: number): { line: string; start: number } {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || first === last) return { line: '', start: width };
  const counts = points.map(({ count }) => count);
  const [least, greatest] = [Math.min(...counts), Math.max(...counts)];
  const floor = Math.max(0, least - (greatest - least) * 0.4);
  const room = greatest - floor || 1;
  const placeOf = (at: number) => Math.max(0, width - ((last.at - at) / SPAN_MS) * width);
  const line = points
    .map(({ at, count }, index) => {
      const x = placeOf(at);
      const y = height - EDGE - ((count - floor) / room) * (height - 2 * EDGE);
      return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
  return { line, start: placeOf(first.at) };
}
