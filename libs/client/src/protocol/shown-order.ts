import type { Card, LiveSort, SortOrder } from '#libs/contracts';

export interface ShownOrder {
  sort: LiveSort;
  order: SortOrder;
}

/** The order in which cards are shown: by the field, null last whatever the direction, then by id. */
export function byOrder({ sort, order }: ShownOrder): (a: Card, b: Card) => number {
  const sign = order === 'desc' ? -1 : 1;
  return (a, b) => {
    const [left, right] = [a[sort], b[sort]];
    if (left !== right) {
      if (left === null) return 1;
      if (right === null) return -1;
      return left < right ? -sign : sign;
    }
    return a.id < b.id ? -1 : 1;
  };
}
