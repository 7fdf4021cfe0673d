import type { ListQuery } from '#libs/contracts';
import type { Audience, Presentable } from '#libs/session';
import { liveInOrder } from './live-page';
import { packIds } from './walk/freezes';
import { DEFAULT_SORT, type OrderKey, comparison, keyReader } from './walk/order-key';
import type { ListSource, Rows } from './walk/walk';

/** The live sessions that a query asks for, all of one moment of the projection. `now` in epoch ms. */
export class LiveSource implements ListSource {
  readonly keyOf: (row: Presentable) => OrderKey;
  private readonly all: Presentable[];

  constructor(
    open: Iterable<Presentable>,
    readonly query: ListQuery,
    audience: Audience,
    now: number,
  ) {
    this.keyOf = keyReader(query.sort ?? DEFAULT_SORT, audience, now);
    this.all = liveInOrder(open, query, audience, now);
  }

  async page(): Promise<Rows> {
    const { page, limit } = this.query;
    return this.rows(this.all.slice((page - 1) * limit, page * limit));
  }

  async after(after: OrderKey, limit: number): Promise<Rows> {
    return this.rows(this.behind(after).slice(0, limit));
  }

  async among(ids: readonly string[]): Promise<Rows> {
    const wanted = new Set(ids);
    return this.rows(this.all.filter(({ session }) => wanted.has(session.id)));
  }

  async order(limit: number, after?: OrderKey): Promise<Buffer> {
    const all = after ? this.behind(after) : this.all;
    return packIds(all.slice(0, limit).map(({ session }) => session.id));
  }

  private rows(rows: Presentable[]): Rows {
    return { rows, total: this.all.length };
  }

  private behind(after: OrderKey): Presentable[] {
    const compare = comparison(this.query.order ?? 'desc');
    return this.all.filter((row) => compare(this.keyOf(row), after) > 0);
  }
}
