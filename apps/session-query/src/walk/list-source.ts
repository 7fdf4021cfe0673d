import type { ListQuery } from '#libs/contracts';
import type { Presentable } from '#libs/session';
import type { OrderKey } from './order-key';
import type { FrozenLists } from './packed-order';

/** Rows, and how many there are in all at the same moment. */
export interface Rows {
  rows: Presentable[];
  total: number;
  /** False: there are many, and `total` is an estimate. */
  totalExact: boolean;
}

/** The sessions that a query asks for, in its order. */
export interface ListSource {
  readonly query: ListQuery;
  /** The page that the query names. */
  page(): Promise<Rows>;
  /** The first `limit` of those that come after a place in the order. */
  after(after: OrderKey, limit: number): Promise<Rows>;
  /** Which of these ids are asked for, in any order. */
  among(ids: readonly string[]): Promise<Rows>;
  /** The first `limit` of those past sessions that come after a place in the order. */
  pastAfter(after: OrderKey, limit: number): Promise<Presentable[]>;
  /** The orders of the open and of the past, both of one moment; of those behind a place where one is given. */
  freeze(after?: OrderKey): Promise<FrozenLists>;
  keyOf(row: Presentable): OrderKey;
}
