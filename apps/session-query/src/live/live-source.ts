import type { ListQuery } from '#libs/contracts';
import { FirstInOrder } from '#libs/live-list';
import type { Audience, Presentable } from '#libs/session';
import type { FrozenLists, ListedPage } from '#libs/session-store';
import { packIds } from '../walk/packed-order';
import { DEFAULT_SORT, type OrderKey, comparison, keyReader } from '../walk/order-key';
import type { ListSource } from '../walk/list-source';
import { type EachAsked, type EachOpen, eachAsked } from './each-asked';

/**
 * The open sessions that a query asks for. Each answer is of one moment of the projection: that of the question, or a later one.
 * All are looked at, and nothing is made but of those that are given. `now` in epoch ms.
 */
export class LiveSource implements ListSource {
  readonly keyOf: (row: Presentable) => OrderKey;
  private readonly compare: (a: OrderKey, b: OrderKey) => number;
  private readonly eachAsked: EachAsked;

  constructor(
    private readonly eachOpen: EachOpen,
    readonly query: ListQuery,
    audience: Audience,
    now: number,
  ) {
    this.keyOf = keyReader(query.sort ?? DEFAULT_SORT, audience, now);
    this.compare = comparison(query.order ?? 'desc');
    this.eachAsked = eachAsked(eachOpen, query, audience);
  }

  async page(): Promise<ListedPage> {
    const { page, limit } = this.query;
    const before = (page - 1) * limit;
    const { keys, total } = this.first(before + limit);
    return this.rows(keys.slice(before), total);
  }

  async after(after: OrderKey, limit: number): Promise<ListedPage> {
    const { keys, total } = this.first(limit, after);
    return this.rows(keys, total);
  }

  async among(ids: readonly string[]): Promise<ListedPage> {
    const rows: Presentable[] = [];
    this.eachAsked((open) => rows.push(asItIs(open)), ids);
    let total = 0;
    this.eachAsked(() => (total += 1));
    return { rows, total, totalExact: true };
  }

  /** No open session is past. */
  async pastAfter(): Promise<Presentable[]> {
    return [];
  }

  async freeze(after?: OrderKey): Promise<FrozenLists> {
    const keys: OrderKey[] = [];
    this.eachAsked((open) => keys.push(this.keyOf(open)));
    const behind = after ? keys.filter((one) => this.compare(one, after) > 0) : keys;
    const ids = behind.sort(this.compare).map(({ id }) => id);
    return { open: packIds(ids), past: Buffer.alloc(0), rest: null };
  }

  /** The first of them, behind a place where one is given; and how many there are in all. */
  private first(count: number, after?: OrderKey): { keys: OrderKey[]; total: number } {
    const first = new FirstInOrder<OrderKey>(count, this.compare);
    let total = 0;
    this.eachAsked((open) => {
      total += 1;
      const key = this.keyOf(open);
      if (!after || this.compare(key, after) > 0) first.add(key);
    });
    return { keys: first.all(), total };
  }

  private rows(keys: readonly OrderKey[], total: number): ListedPage {
    const rows: Presentable[] = [];
    this.eachOpen({ ids: keys.map(({ id }) => id) }, (open) => rows.push(asItIs(open)));
    return { rows, total, totalExact: true };
  }
}

/** Taken now, for it is moved on to the next session. */
function asItIs({ session, counts, room, host, preset, activeSessionId }: Presentable): Presentable {
  return { session, counts, room, host, preset, activeSessionId };
}
