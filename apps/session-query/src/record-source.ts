import type { ListQuery } from '#libs/contracts';
import type { Audience, Presentable } from '#libs/session';
import type { RecordStore } from './record.store';
import { DEFAULT_SORT, type OrderKey, keyReader } from './walk/order-key';
import type { ListSource, Rows } from './walk/walk';

/** The recorded sessions that a query asks for. `now` in epoch ms. */
export class RecordSource implements ListSource {
  readonly keyOf: (row: Presentable) => OrderKey;

  constructor(
    private readonly record: RecordStore,
    readonly query: ListQuery,
    audience: Audience,
    private readonly now: number,
  ) {
    this.keyOf = keyReader(query.sort ?? DEFAULT_SORT, audience, now);
  }

  page(): Promise<Rows> {
    return this.record.list(this.query, this.now);
  }

  after(after: OrderKey, limit: number): Promise<Rows> {
    return this.record.list({ ...this.query, limit }, this.now, { after });
  }

  among(ids: readonly string[]): Promise<Rows> {
    return this.record.list(this.query, this.now, { among: ids });
  }

  order(limit: number, after?: OrderKey): Promise<Buffer> {
    return this.record.order(this.query, this.now, limit, after);
  }
}
