import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LogBounds } from '#libs/event-log';
import { ProjectionWriter } from '#libs/live-projection';
import { describeError } from '#libs/service-host';
import { PinoLogger } from 'nestjs-pino';
import { DataSource } from 'typeorm';
import { Auditor } from './audit/auditor';
import { FanOut } from './fan-out/fan-out';
import { Freshness } from './freshness/freshness';
import { TopicConsumers } from './ingest/topic-consumers';
import { PausedTopics } from './ingest/paused-topics';
import { Maintenance } from './maintenance/maintenance';
import { Preparation } from './preparation/preparation';
import { Leftovers } from './projection/leftovers';
import { ProjectionKeeper } from './projection/projection.keeper';
import { Teller } from './projection/teller';
import { COUNTS_SOURCE } from './record/counts.store';
import { Watchdog } from './watchdog/watchdog';

/** Starts the parts of the service in their order, and stops them in the other. */
@Injectable()
export class LifecycleService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly ending = new AbortController();
  private starting: Promise<void> | undefined;

  constructor(
    private readonly source: DataSource,
    @Inject(COUNTS_SOURCE) private readonly countsSource: DataSource,
    private readonly bounds: LogBounds,
    private readonly preparation: Preparation,
    private readonly writer: ProjectionWriter,
    private readonly keeper: ProjectionKeeper,
    private readonly teller: Teller,
    private readonly leftovers: Leftovers,
    private readonly pausedTopics: PausedTopics,
    private readonly consumers: TopicConsumers,
    private readonly fanOut: FanOut,
    private readonly auditor: Auditor,
    private readonly watchdog: Watchdog,
    private readonly freshness: Freshness,
    private readonly maintenance: Maintenance,
    private readonly log: PinoLogger,
  ) {}

  /** Does not wait: the process answers that it is not ready while a dependency is missing. */
  onApplicationBootstrap(): void {
    this.starting = this.startWhenPrepared();
  }

  async onApplicationShutdown(): Promise<void> {
    this.ending.abort();
    await this.starting;
    await Promise.all([this.consumers.stop(), this.watchdog.stop(), this.auditor.stop(), this.fanOut.stop()]);
    await this.maintenance.stop();
    await this.pausedTopics.stop();
    await Promise.all([this.freshness.stop(), this.leftovers.stop(), this.keeper.stop()]);
    await this.teller.stop();
    await Promise.all([this.writer.close(), this.bounds.close()]);
    for (const source of [this.countsSource, this.source]) if (source.isInitialized) await source.destroy();
  }

  /** Tries until everything is there: a process does not end because a dependency starts later. */
  private async startWhenPrepared(): Promise<void> {
    let said = '';
    for (let tries = 0; !this.ending.signal.aborted; tries++) {
      try {
        await this.preparation.run();
        await this.pausedTopics.start();
        const { keeper, teller, leftovers, consumers, fanOut, auditor, watchdog, freshness, maintenance } = this;
        for (const part of [maintenance, keeper, teller, leftovers, consumers, fanOut, auditor, watchdog, freshness])
          part.start();
        if (tries > 0) this.log.info({ tries }, 'everything that is needed is there');
        return;
      } catch (error) {
        const why = describeError(error);
        this.log[why === said ? 'debug' : 'warn']({ err: error }, 'not everything that is needed is there yet');
        said = why;
        const { signal } = this.ending;
        await wait(Math.min(200 * 2 ** tries, 5000), undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
