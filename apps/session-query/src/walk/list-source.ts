import type { ListQuery } from '#libs/contracts';
import type { Presentable } from '#libs/session';
import type { FrozenLists, ListedPage } from '#libs/session-store';
import type { OrderKey } from './order-key';

/** The sessions that a query asks for, in its order. */
export interface ListSource {
  readonly query: ListQuery;
  /** The page that the query names. */
  page(): Promise<ListedPage>;
  /** The first `limit` of those that come after a place in the order. */
  after(after: OrderKey, limit: number): Promise<ListedPage>;
  /** Which of these ids are asked for, in any order. */
  among(ids: readonly string[]): Promise<ListedPage>;
  /** The first `limit` of those past sessions that come after a place in the order. */
  pastAfter(after: OrderKey, limit: number): Promise<Presentable[]>;
  /** The orders of the open and of the past, both of one moment; of those behind a place where one is given. */
  freeze(after?: OrderKey): Promise<FrozenLists>;
  keyOf(row: Presentable): OrderKey;
}
