import type { ListSort, SortOrder } from '#libs/contracts';
import { type Audience, type Presentable, visibleCounts } from '#libs/session';

/** A session's place in an order: null comes last, equals are ordered by id. */
export interface OrderKey {
  /** A count, epoch ms, or ms for a duration. */
  key: number | null;
  id: string;
}

/** Newest activity first is what a list shows that is not asked for an order. */
export type Sort = ListSort | 'updated_at';
export const DEFAULT_SORT: Sort = 'updated_at';

/** The key of a session as the audience sees it, so that a hidden count leaks by no order. `now` in epoch ms. */
export function keyReader(sort: Sort, audience: Audience, now: number): (shown: Presentable) => OrderKey {
  const read = valueReader(sort, audience, now);
  return (shown) => ({ key: read(shown), id: shown.session.id });
}

function valueReader(sort: Sort, audience: Audience, now: number): (shown: Presentable) => number | null {
  switch (sort) {
    case 'viewer_count':
    case 'max_viewers':
      return (shown) => visibleCounts(shown, audience)[sort];
    case 'duration':
      return ({ session: { status, started_at: start, ended_at: end } }) => {
        const until = status === 'live' ? now : end;
        return start === null || until === null ? null : until - start;
      };
    default:
      return ({ session }) => session[sort];
  }
}

/** Compares for sorting: by key, null last in either direction, then by id in the same direction. */
export function comparison(order: SortOrder): (a: OrderKey, b: OrderKey) => number {
  const sign = order === 'desc' ? -1 : 1;
  return (a, b) => {
    if (a.key !== b.key) {
      if (a.key === null || b.key === null) return a.key === null ? 1 : -1;
      return a.key < b.key ? -sign : sign;
    }
    if (a.id === b.id) return 0;
    return a.id < b.id ? -sign : sign;
  };
}
