import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { ListQuery } from '#libs/contracts';
import { Readiness, Refusal } from '#libs/service-host';
import type { Presentable } from '#libs/session';
import { type ListedPage, SessionStore, createDataSource } from '#libs/session-store';
import { QUERY_CONFIG, type QueryConfig } from './config';

const RETRY_MS = 500;
/** Classes of SQLSTATE that say that the server is going, coming, full or cut off; everything else is our fault. */
const AWAY = /^(?:08|53|57|58)/;

/** The record, read only. While Postgres is away its questions are refused as unavailable, not answered with nothing. */
@Injectable()
export class RecordStore implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(RecordStore.name);
  private readonly source;
  private readonly store: SessionStore;
  private isClosing = false;
  private connecting: Promise<void> | undefined;

  constructor(@Inject(QUERY_CONFIG) config: QueryConfig, readiness: Readiness) {
    this.source = createDataSource({ url: config.DATABASE_URL, name: 'session-query' });
    this.store = new SessionStore(this.source);
    readiness.add('postgres', async () => {
      if (!this.source.isInitialized) throw new Error('not connected yet');
      await this.store.ping();
      return {};
    });
  }

  /** Does not wait: the live list is served whether or not Postgres is there. */
  onModuleInit(): void {
    this.connecting = this.connect();
  }

  async onModuleDestroy(): Promise<void> {
    this.isClosing = true;
    await this.connecting;
    if (this.source.isInitialized) await this.source.destroy();
  }

  list(query: ListQuery, now: number): Promise<ListedPage> {
    return this.answered(() => this.store.list(query, now));
  }

  get(id: string): Promise<Presentable | undefined> {
    return this.answered(() => this.store.get(id));
  }

  private async connect(): Promise<void> {
    while (!this.isClosing) {
      try {
        await this.source.initialize();
        return;
      } catch (error) {
        this.logger.warn({ err: error }, 'Postgres is away; trying again');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  private async answered<T>(ask: () => Promise<T>): Promise<T> {
    try {
      if (this.source.isInitialized) return await ask();
    } catch (error) {
      if (!isAway(error)) throw error;
      this.logger.warn({ err: error }, 'Postgres did not answer');
    }
    throw new Refusal(503, 'unavailable', 'the record cannot be read now; ask again in a moment');
  }
}

/** An SQLSTATE has five characters and comes from the server; without one the way to it is broken. */
function isAway(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || AWAY.test(code);
}
