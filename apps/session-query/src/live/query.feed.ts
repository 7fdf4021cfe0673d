import type { ServerResponse } from 'node:http';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { LiveFeed, type LiveFeedOptions } from '#libs/live-feed';
import type { Named } from '#libs/live-list';
import { measureFreshness } from '#libs/live-projection';
import { Metrics, Readiness, Refusal } from '#libs/service-host';
import type { Presentable } from '#libs/session';
import { PinoLogger } from 'nestjs-pino';
import { QUERY_CONFIG, type QueryConfig } from '../config';
import { MOST_READERS, StreamOutlet } from './stream.outlet';

/** What one address may have of the views, and of those who wait for one. */
const LIMITS: LiveFeedOptions<ServerResponse>['limits'] = {
  views: { list: 2000, text: 500 },
  viewsPerListener: 1,
  viewsPerAddress: { list: 500, text: 100 },
  watched: { perAddress: 0, inAll: 0 },
  waiting: { perAddress: MOST_READERS / 2, inAll: MOST_READERS },
};

/** The open sessions in memory: read by requests, and brought to the readers of streams. */
@Injectable()
export class QueryFeed extends LiveFeed<ServerResponse> implements OnModuleInit, OnModuleDestroy {
  constructor(
    @Inject(QUERY_CONFIG) config: QueryConfig,
    outlet: StreamOutlet,
    readiness: Readiness,
    { registry }: Metrics,
    log: PinoLogger,
  ) {
    super({ redis: { url: config.REDIS_URL, tag: config.REDIS_HASH_TAG }, outlet, limits: LIMITS, log });
    readiness.add('projection', () => this.facts());
    measureFreshness(registry, () => this.freshness);
  }

  onModuleInit(): void {
    this.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.stop();
  }

  /**
   * Looks at the open sessions where an index says that they can be; a refusal as long as nothing has been read at all,
   * since none is not the same as unknown.
   */
  eachOpen(named: Named, look: (open: Presentable) => void): void {
    if (this.position) return this.list.state.eachOpen(named, look);
    throw new Refusal(503, 'unavailable', 'the live list has not been read yet; ask again in a moment');
  }
}
