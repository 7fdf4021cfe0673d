import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { ListQuery, Stats } from '#libs/contracts';
import { type Caller, type Periodic, Readiness, Refusal, every } from '#libs/service-host';
import type { Presentable } from '#libs/session';
import {
  type After,
  ApiKeys,
  FROZEN,
  type FrozenLists,
  type ListedPage,
  type Part,
  type LogEntry,
  type LogPlace,
  QUESTION_LIMIT_MS,
  SessionStore,
  TooExpensive,
  type ViewerHistory,
  createDataSource,
  demandSchema,
  failureKind,
  isSupported,
  loggedEvents,
  viewerHistory,
  whatHelps,
} from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import type { DataSource } from 'typeorm';
import { QUERY_CONFIG, type QueryConfig } from '../config';

const RETRY_MS = 500;
/** Connections to Postgres. However many costly questions are asked, they hold up neither the others nor readiness. */
const POOL = { costly: 3, allElse: 6 };

/** The record, read only. While Postgres is away its questions are refused as unavailable, not answered with nothing. */
@Injectable()
export class RecordStore implements OnModuleInit, OnModuleDestroy {
  private readonly source;
  private readonly costlySource;
  private readonly store: SessionStore;
  private readonly costlyStore: SessionStore;
  private readonly keys: ApiKeys;
  private connecting: Periodic | undefined;
  private isThere = false;
  private missing: unknown;

  constructor(
    @Inject(QUERY_CONFIG) config: QueryConfig,
    readiness: Readiness,
    private readonly log: PinoLogger,
  ) {
    const { DATABASE_URL: url } = config;
    // Postgres gives a statement up a second earlier than that.
    const limits = { answerWithinMs: QUESTION_LIMIT_MS + 1000, byIndexOnly: true };
    this.source = createDataSource({ url, name: 'session-query', poolSize: POOL.allElse, ...limits });
    this.costlySource = createDataSource({ url, name: 'session-query costly', poolSize: POOL.costly, ...limits });
    this.store = new SessionStore(this.source);
    this.costlyStore = new SessionStore(this.costlySource);
    this.keys = new ApiKeys(this.source);
    readiness.add('postgres', async () => {
      if (!this.isThere) throw this.missing ?? new Error('not connected yet');
      await this.store.ping();
      return {};
    });
  }

  /** Tries once before the service listens; the live list is served whether or not Postgres is there. */
  async onModuleInit(): Promise<void> {
    const isConnected = await this.connect().then(
      () => true,
      () => false,
    );
    if (isConnected) return;
    this.connecting = every(RETRY_MS, 'waiting for Postgres and its schema', this.log, () => this.connect());
  }

  async onModuleDestroy(): Promise<void> {
    await this.connecting?.stop();
    for (const source of [this.costlySource, this.source]) if (source.isInitialized) await source.destroy();
  }

  /** As the following ones: `gone` says that nobody waits for the answer any more. */
  list(query: ListQuery, now: number, part: Part, gone: AbortSignal): Promise<ListedPage> {
    return this.answered(() => this.listed(query, (store) => store.list(query, now, part, gone)));
  }

  /** What a walk freezes: all that is open, and the first of the past. */
  freeze(query: ListQuery, now: number, after: After | undefined, gone: AbortSignal): Promise<FrozenLists> {
    return this.answered(() => this.listed(query, (store) => store.freeze(query, now, FROZEN, after, gone)));
  }

  stats(gone: AbortSignal): Promise<Stats> {
    return this.answered(() => this.store.stats(gone));
  }

  get(id: string, gone: AbortSignal): Promise<Presentable | undefined> {
    return this.answered(() => this.store.get(id, gone));
  }

  viewers(id: string, range: { from: number; to: number; stepMs: number }): Promise<ViewerHistory> {
    return this.answered(() => viewerHistory(this.source, id, range));
  }

  events(id: string, limit: number, after?: LogPlace): Promise<LogEntry[]> {
    return this.answered(() => loggedEvents(this.source, id, limit, after));
  }

  /** Asks something else of the record; with the limits and refusals of the others. */
  ask<T>(question: (source: DataSource) => Promise<T>): Promise<T> {
    return this.answered(() => question(this.source));
  }

  /** Whose key it is; undefined: nobody's. */
  async findCaller(key: string): Promise<Caller | undefined> {
    const found = await this.answered(() => this.keys.find(key));
    return found && { id: found.id, scopes: new Set(found.scopes), sources: found.sources, until: null };
  }

  /** What takes too long is the question's fault where no index answers it. */
  private async listed<T>(query: ListQuery, ask: (store: SessionStore) => Promise<T>): Promise<T> {
    try {
      return await ask(isCostly(query) ? this.costlyStore : this.store);
    } catch (error) {
      if (failureKind(error) === 'too-much' && !isSupported(query)) throw new TooExpensive(whatHelps(query));
      throw error;
    }
  }

  /** Rejects until Postgres answers and its schema is at least that of this build; a newer one is read as well. */
  private async connect(): Promise<void> {
    if (this.isThere) return;
    try {
      for (const source of [this.costlySource, this.source]) if (!source.isInitialized) await source.initialize();
      await demandSchema(this.source, { writes: false });
    } catch (error) {
      this.missing = error;
      throw error;
    }
    this.isThere = true;
  }

  private async answered<T>(ask: () => Promise<T>): Promise<T> {
    try {
      if (this.isThere) return await ask();
    } catch (error) {
      if (error instanceof TooExpensive) throw new Refusal(400, 'too_expensive', error.message);
      if (failureKind(error) === 'of-a-message') throw error;
      this.log.warn({ err: error }, 'Postgres did not answer');
    }
    throw new Refusal(503, 'unavailable', 'the record cannot be read now; ask again in a moment');
  }
}

/** Whether it may take all of its two seconds; words may, where they are common. */
function isCostly(query: ListQuery): boolean {
  return query.q !== undefined || !isSupported(query);
}
