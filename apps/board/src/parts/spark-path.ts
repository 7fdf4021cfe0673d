import type { Point } from '../live/audience-history';

const EDGE = 2;

/**
 * The path of a line through the points, over half an hour from left to right, ending at the right edge. The scale begins
 * at nought only where the numbers come near it: what moves should be seen. Empty with less than two points.
 */
export function sparkPath(points: readonly Point[], width: number, height: number): { line: string; end: { x: number } } {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || first === last) return { line: '', end: { x: width } };
  const counts = points.map(({ count }) => count);
  const [least, greatest] = [Math.min(...counts), Math.max(...counts)];
  const floor = Math.max(0, least - (greatest - least) * 0.4);
  const room = greatest - floor || 1;
  const span = Math.max(last.at - first.at, 1);
  const line = points
    .map(({ at, count }, index) => {
      const x = ((at - first.at) / span) * width;
      const y = height - EDGE - ((count - floor) / room) * (height - 2 * EDGE);
      return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
  return { line, end: { x: width } };
}
