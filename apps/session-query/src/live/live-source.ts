import type { ListQuery } from '#libs/contracts';
import { firstInOrder } from '#libs/live-list';
import type { Audience, Presentable } from '#libs/session';
import type { FrozenLists, ListedPage } from '#libs/session-store';
import { type OpenSessions, type Placed, livePlaced } from './live-placed';
import { packIds } from '../walk/packed-order';
import { DEFAULT_SORT, type OrderKey, comparison, keyReader } from '../walk/order-key';
import type { ListSource } from '../walk/list-source';

/** The open sessions that a query asks for, all of one moment of the projection. `now` in epoch ms. */
export class LiveSource implements ListSource {
  readonly keyOf: (row: Presentable) => OrderKey;
  private readonly all: Placed[];
  private readonly compare: (a: OrderKey, b: OrderKey) => number;

  constructor(
    open: OpenSessions,
    readonly query: ListQuery,
    audience: Audience,
    now: number,
  ) {
    this.keyOf = keyReader(query.sort ?? DEFAULT_SORT, audience, now);
    this.compare = comparison(query.order ?? 'desc');
    this.all = livePlaced(open, query, audience, now);
  }

  async page(): Promise<ListedPage> {
    const { page, limit } = this.query;
    const before = (page - 1) * limit;
    const isPast = before >= this.all.length;
    return this.rows(isPast ? [] : firstInOrder(this.all, before + limit, this.compare).slice(before));
  }

  async after(after: OrderKey, limit: number): Promise<ListedPage> {
    return this.rows(firstInOrder(this.behind(after), limit, this.compare));
  }

  async among(ids: readonly string[]): Promise<ListedPage> {
    const wanted = new Set(ids);
    return this.rows(this.all.filter(({ id }) => wanted.has(id)));
  }

  /** No open session is past. */
  async pastAfter(): Promise<Presentable[]> {
    return [];
  }

  async freeze(after?: OrderKey): Promise<FrozenLists> {
    const open = (after ? this.behind(after) : [...this.all]).sort(this.compare);
    return { open: packIds(open.map(({ id }) => id)), past: Buffer.alloc(0), rest: null };
  }

  private rows(placed: readonly Placed[]): ListedPage {
    return { rows: placed.map(({ shown }) => asItIs(shown)), total: this.all.length, totalExact: true };
  }

  private behind(after: OrderKey): Placed[] {
    return this.all.filter((one) => this.compare(one, after) > 0);
  }
}

/** What is looked up when it is read is read now: a row is of the same moment as the whole. */
function asItIs({ session, counts, room, host, preset, activeSessionId }: Presentable): Presentable {
  return { session, counts, room, host, preset, activeSessionId };
}
