import type { LogBounds } from '#libs/event-log';
import type { ProjectionWriter } from '#libs/live-projection';
import { type Periodic, every } from '#libs/service-host';
import type { IngestProgress, Outbox } from '#libs/session-store';
import type { PinoLogger } from 'nestjs-pino';
import type { Auditor } from '../audit/auditor';
import type { ProjectionKeeper } from '../projection/projection.keeper';
import type { Teller } from '../projection/teller';
import { BrokerClock } from './broker-clock';
import type { FreshnessMetrics } from './freshness-metrics';
import { KnownUpTo } from './known-up-to';

/** Twice in the second in which it is to be written: it holds only when the rows of that look are told. */
const LOOK_EVERY_MS = 500;
const WAITING_KEPT = 1200;

export interface FreshnessOptions {
  /** The names of all topics: rooms, hosts and counts are shown as well, so a list with old ones is old. */
  topics: string[];
  bounds: LogBounds;
  progress: IngestProgress;
  outbox: Outbox;
  writer: ProjectionWriter;
  keeper: Pick<ProjectionKeeper, 'wholeEpoch'>;
  teller: Pick<Teller, 'deleteTold'>;
  auditor: Pick<Auditor, 'notePassed'>;
  metrics: FreshnessMetrics;
  log: PinoLogger;
}

/** What was recorded up to a time, and waits until Redis was told of it. */
interface Waiting {
  upTo: number;
  /** What was recorded by then has lesser ids in the outbox, or this one. */
  newestId: number;
}

/**
 * Says in the projection up to when it holds all that producers have said (`fresh_at`, see the contract). Each process does
 * it; the latest counts. All times are of Redis' clock, which readers compare it with.
 */
export class Freshness {
  private looks: Periodic | undefined;
  private readonly known = new KnownUpTo();
  private readonly clock = new BrokerClock();
  private waiting: Waiting[] = [];
  /** Topics of which is said that their broker's clock is wrong. */
  private readonly skewed = new Set<string>();

  constructor(private readonly options: FreshnessOptions) {}

  start(): void {
    this.looks = every(LOOK_EVERY_MS, 'saying how fresh the projection is', this.options.log, () => this.look());
  }

  async stop(): Promise<void> {
    await this.looks?.stop();
  }

  private async look(): Promise<void> {
    const { topics, bounds: log, progress: record, auditor, outbox, writer, keeper, teller, metrics } = this.options;
    const at = await writer.clock();
    const askedAt = performance.now();
    const { bounds } = await log.fetch(topics);
    await auditor.notePassed();
    const progress = await record.of(topics);
    this.known.look(at, bounds);
    const upTo = this.known.upTo(bounds, progress);
    this.judgeClocks(this.clock.judge({ at, now: at + performance.now() - askedAt }, bounds, progress));
    // After the progress was read, so that it covers all of it.
    if (upTo !== null)
      this.waiting = [...this.waiting, { upTo, newestId: await outbox.newestId() }].slice(-WAITING_KEPT);
    await teller.deleteTold();
    const told = this.takeTold(await outbox.oldestId());
    const epoch = keeper.wholeEpoch();
    if (epoch !== null) metrics.saw(await writer.noteFresh(epoch, told));
  }

  /** The latest time up to which Redis was told everything; null: no later one than before. */
  private takeTold(oldestId: number | null): number | null {
    const isTold = ({ newestId }: Waiting) => oldestId === null || newestId < oldestId;
    const told = this.waiting.filter(isTold);
    this.waiting = this.waiting.filter((one) => !isTold(one));
    return told.length === 0 ? null : Math.max(...told.map(({ upTo }) => upTo));
  }

  private judgeClocks(skews: ReadonlyMap<string, number>): void {
    const { metrics, log } = this.options;
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
