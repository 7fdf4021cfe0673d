import type { RestSession, SessionListAnswer } from '#libs/contracts';
import { addressOf } from '../http/address';
import type { Http } from '../http/http';
import { type Answered, opened } from '../lookup/lookups';
import { type SessionQuery, parametersOf } from './session-query';

/** One page of the list. */
export interface SessionPage extends Answered {
  sessions: RestSession[];
  /** How many there are in all. */
  total: number;
  /** False: there are more than 10000, and `total` is an estimate. */
  total_exact: boolean;
  page: number;
  limit: number;
  /** The `cursor` of the page that follows; null on the last. */
  next_cursor: string | null;
}

/**
 * The answer of a query of REST, asked for when it is read. `for await` walks over all sessions by cursor, so nothing
 * comes twice while counts move. A walk that was left for minutes rejects with the code `cursor_expired`: begin it again.
 */
export class SessionList implements AsyncIterable<RestSession> {
  constructor(
    private readonly http: Http,
    private readonly place: { api: string; path: string },
    private readonly query: SessionQuery,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** One page by its number, from 1. */
  async page(number = 1): Promise<SessionPage> {
    return this.read(this.query.cursor === undefined || number > 1 ? { page: String(number) } : {});
  }

  /** All pages, one after the other, each asked for when the one before was taken. */
  async *pages(): AsyncGenerator<SessionPage, void, undefined> {
    let page = await this.read({});
    for (;;) {
      yield page;
      if (page.next_cursor === null) return;
      page = await this.read({ cursor: page.next_cursor });
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RestSession, void, undefined> {
    for await (const { sessions } of this.pages()) yield* sessions;
  }

  private async read(more: Record<string, string>): Promise<SessionPage> {
    const url = addressOf(this.place.api, this.place.path);
    url.search = String(parametersOf(this.query, more));
    return opened((await this.http.request(url, this.signal ? { signal: this.signal } : {})) as SessionListAnswer);
  }
}
