import type { ListQuery } from '#libs/contracts';
import type { Audience, Presentable } from '#libs/session';
import { type FrozenLists, type ListedPage, pastOf } from '#libs/session-store';
import type { RecordStore } from './record.store';
import { DEFAULT_SORT, type OrderKey, keyReader } from '../walk/order-key';
import type { ListSource } from '../walk/list-source';

/** The recorded sessions that a query asks for. `now` in epoch ms; `gone`: nobody waits for them any more. */
export class RecordSource implements ListSource {
  readonly keyOf: (row: Presentable) => OrderKey;

  constructor(
    private readonly record: RecordStore,
    readonly query: ListQuery,
    audience: Audience,
    private readonly now: number,
    private readonly gone: AbortSignal,
  ) {
    this.keyOf = keyReader(query.sort ?? DEFAULT_SORT, audience, now);
  }

  page(): Promise<ListedPage> {
    return this.record.list(this.query, this.now, { page: this.query.page }, this.gone);
  }

  after(after: OrderKey, limit: number): Promise<ListedPage> {
    return this.record.list({ ...this.query, limit }, this.now, { after }, this.gone);
  }

  among(ids: readonly string[]): Promise<ListedPage> {
    return this.record.list(this.query, this.now, { among: ids }, this.gone);
  }

  async pastAfter(after: OrderKey, limit: number): Promise<Presentable[]> {
    return (await this.record.list({ ...pastOf(this.query), limit }, this.now, { after }, this.gone)).rows;
  }

  freeze(after?: OrderKey): Promise<FrozenLists> {
    return this.record.freeze(this.query, this.now, after, this.gone);
  }
}
