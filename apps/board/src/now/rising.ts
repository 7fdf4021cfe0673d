import type { Row } from '../live/row';

/** A gain counts for less where many watch: 100 more are news for 50, not for 50 000. */
const CALM = 30;

/** The sessions that gain most in proportion to their audience, with by how much; the greatest gain first. */
export function risingOf(
  rows: readonly Row[],
  growthOf: (id: string) => number | null,
  most: number,
): { id: string; growth: number }[] {
  return rows
    .flatMap(({ id, viewer_count }) => {
      const growth = growthOf(id);
      if (growth === null || growth <= 0) return [];
      return [{ id, growth, weight: growth / Math.sqrt((viewer_count ?? 0) + CALM) }];
    })
    .sort((a, b) => b.weight - a.weight)
    .slice(0, most)
    .sort((a, b) => b.growth - a.growth)
    .map(({ id, growth }) => ({ id, growth }));
}
