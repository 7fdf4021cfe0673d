import type { Row } from '../live/row';

/**
 * What a list shows while the pointer is on it: the rows that stand there, in their places, with what is now known of
 * each. Who has left stays, marked; who is new waits.
 */
export function holdOrder(shown: readonly Row[], fresh: readonly Row[]): Row[] {
  const known = new Map(fresh.map((row) => [row.id, row]));
  return shown.map((row) => known.get(row.id) ?? (row.hasLeft ? row : { ...row, hasLeft: true }));
}
