import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { ListQuery, Stats } from '#libs/contracts';
import { type Caller, type Periodic, Readiness, Refusal, every } from '#libs/service-host';
import type { Presentable } from '#libs/session';
import {
  type After,
  ApiKeys,
  type ListedPage,
  type Part,
  type LogEntry,
  type LogPlace,
  SessionStore,
  type ViewerStep,
  createDataSource,
  failureKind,
  loggedEvents,
  viewerHistory,
} from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import { QUERY_CONFIG, type QueryConfig } from './config';

const RETRY_MS = 500;

/** The record, read only. While Postgres is away its questions are refused as unavailable, not answered with nothing. */
@Injectable()
export class RecordStore implements OnModuleInit, OnModuleDestroy {
  private readonly source;
  private readonly store: SessionStore;
  private readonly keys: ApiKeys;
  private connecting: Periodic | undefined;

  constructor(
    @Inject(QUERY_CONFIG) config: QueryConfig,
    readiness: Readiness,
    private readonly log: PinoLogger,
  ) {
    this.source = createDataSource({ url: config.DATABASE_URL, name: 'session-query' });
    this.store = new SessionStore(this.source);
    this.keys = new ApiKeys(this.source);
    readiness.add('postgres', async () => {
      if (!this.source.isInitialized) throw new Error('not connected yet');
      await this.store.ping();
      return {};
    });
  }

  /** Tries once before the service listens; the live list is served whether or not Postgres is there. */
  async onModuleInit(): Promise<void> {
    if (await this.source.initialize().catch(() => false)) return;
    this.connecting = every(RETRY_MS, 'connecting to Postgres', this.log, () => this.connect());
  }

  async onModuleDestroy(): Promise<void> {
    await this.connecting?.stop();
    if (this.source.isInitialized) await this.source.destroy();
  }

  list(query: ListQuery, now: number, part?: Part): Promise<ListedPage> {
    return this.answered(() => this.store.list(query, now, part));
  }

  order(query: ListQuery, now: number, limit: number, after?: After): Promise<Buffer> {
    return this.answered(() => this.store.order(query, now, limit, after));
  }

  stats(): Promise<Stats> {
    return this.answered(() => this.store.stats());
  }

  get(id: string): Promise<Presentable | undefined> {
    return this.answered(() => this.store.get(id));
  }

  viewers(id: string, range: { from: number; to: number; stepMs: number }): Promise<ViewerStep[]> {
    return this.answered(() => viewerHistory(this.source, id, range));
  }

  events(id: string, limit: number, after?: LogPlace): Promise<LogEntry[]> {
    return this.answered(() => loggedEvents(this.source, id, limit, after));
  }

  /** Whose key it is; undefined: nobody's. */
  async findCaller(key: string): Promise<Caller | undefined> {
    const found = await this.answered(() => this.keys.find(key));
    return found && { id: found.id, scopes: new Set(found.scopes), sources: found.sources, until: null };
  }

  private async connect(): Promise<void> {
    if (!this.source.isInitialized) await this.source.initialize();
  }

  private async answered<T>(ask: () => Promise<T>): Promise<T> {
    try {
      if (this.source.isInitialized) return await ask();
    } catch (error) {
      if (failureKind(error) === 'of-a-message') throw error;
      this.log.warn({ err: error }, 'Postgres did not answer');
    }
    throw new Refusal(503, 'unavailable', 'the record cannot be read now; ask again in a moment');
  }
}
