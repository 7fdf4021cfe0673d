import { Injectable } from '@nestjs/common';
import { LogBounds } from '#libs/event-log';
import { ProjectionWriter } from '#libs/live-projection';
import { type Periodic, every } from '#libs/service-host';
import { IngestProgress, Outbox } from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import { Auditor } from '../audit/auditor';
import { TopicNames } from '../kafka/topic-names';
import { ProjectionKeeper } from '../projection/projection.keeper';
import { Teller } from '../projection/teller';
import { BrokerClock } from './broker-clock';
import { FreshnessMetrics } from './freshness-metrics';
import { KnownUpTo } from './known-up-to';
import { ToldUpTo } from './told-up-to';

/** Twice in the second in which it is to be written: it holds only when the rows of that look are told. */
const LOOK_EVERY_MS = 500;

/**
 * Says in the projection up to when it holds all that producers have said (`fresh_at`, see the contract). Each process does
 * it; the latest counts. All times are of Redis' clock, which readers compare it with.
 */
@Injectable()
export class Freshness {
  private looks: Periodic | undefined;
  private readonly known = new KnownUpTo();
  private readonly clock = new BrokerClock();
  private readonly told = new ToldUpTo();
  /** Topics of which is said that their broker's clock is wrong. */
  private readonly skewed = new Set<string>();

  constructor(
    private readonly names: TopicNames,
    private readonly bounds: LogBounds,
    private readonly progress: IngestProgress,
    private readonly outbox: Outbox,
    private readonly writer: ProjectionWriter,
    private readonly keeper: ProjectionKeeper,
    private readonly teller: Teller,
    private readonly auditor: Auditor,
    private readonly metrics: FreshnessMetrics,
    private readonly log: PinoLogger,
  ) {}

  start(): void {
    this.looks = every(LOOK_EVERY_MS, 'saying how fresh the projection is', this.log, () => this.lookOrForget());
  }

  async stop(): Promise<void> {
    await this.looks?.stop();
  }

  private async lookOrForget(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      // Until the next look a backup of the record may be restored, and have as many rows noted since as this one had.
      this.told.forget();
      throw error;
    }
  }

  private async look(): Promise<void> {
    const { bounds: log, progress: record, auditor, outbox, writer, keeper, teller, metrics } = this;
    // Of all topics: rooms, hosts and counts are shown as well, so a list with old ones is old.
    const topics = this.names.all();
    const at = await writer.clock();
    const askedAt = performance.now();
    const { bounds } = await log.fetch(topics);
    await auditor.notePassed();
    const progress = await record.of(topics);
    this.known.look(at, bounds);
    const upTo = this.known.upTo(bounds, progress);
    this.judgeClocks(this.clock.judge({ at, now: at + performance.now() - askedAt }, bounds, progress));
    // After the progress was read, so that it covers all of it.
    this.told.note(upTo, await outbox.newestId());
    await teller.deleteTold();
    const told = this.told.take(await outbox.oldestId());
    const epoch = keeper.wholeEpoch();
    if (epoch !== null) metrics.saw(await writer.noteFresh(epoch, told));
  }

  private judgeClocks(skews: ReadonlyMap<string, number>): void {
    const { metrics, log } = this;
    for (const [topic, skewMs] of skews) {
      metrics.skewed(topic, skewMs);
      if (skewMs !== 0 && !this.skewed.has(topic)) {
        log.warn({ topic, skewMs }, 'the broker’s clock and Redis’ clock differ: one of them has jumped');
        this.skewed.add(topic);
      }
      if (skewMs === 0 && this.skewed.delete(topic)) log.info({ topic }, 'the broker’s clock and Redis’ clock agree');
    }
  }
}
