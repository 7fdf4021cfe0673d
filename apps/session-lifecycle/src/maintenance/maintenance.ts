import { setTimeout as wait } from 'node:timers/promises';
import { LogBounds } from '#libs/event-log';
import { type Periodic, every } from '#libs/service-host';
import {
  IngestProgress,
  type Leaving,
  type LeavingStep,
  MaintenancePost,
  ensurePartitions,
  letLeave,
} from '#libs/session-store';
import type { PinoLogger } from 'nestjs-pino';
import type { DataSource } from 'typeorm';
import { TopicNames } from '../kafka/topic-names';
import { watermarkOf } from '../watchdog/watermark';
import type { MaintenanceMetrics } from './maintenance-metrics';

/** Longer than any step takes, and asking for the watermark. */
const HELD_FOR_MS = 30_000;
const ASK_AGAIN_MS = 2000;
const ASKED_AT_MOST = 10;
/** What is left of a table has its turn again in the next look, after all others. */
const A_TURN_MS = 15_000;

export interface MaintenanceOptions {
  source: DataSource;
  post: MaintenancePost;
  names: TopicNames;
  bounds: Pick<LogBounds, 'fetch'>;
  progress: Pick<IngestProgress, 'of'>;
  leaving: readonly Leaving[];
  metrics: MaintenanceMetrics;
  log: Pick<PinoLogger, 'warn' | 'info'>;
  partitionMinutes: number;
  everyMs: number;
}

/**
 * Makes the partitions of the days to come, in whichever process looks first; then, in the one that holds the post, takes
 * away what is old, table by table, in small steps beside full ingest. What is old is told by the time up to which all that
 * producers said is recorded, not by a clock: while Kafka or the ingest is behind, nothing ages.
 */
export class Maintenance {
  private periodic: Periodic | undefined;
  /** Tables of which is said that they fail. */
  private readonly failing = new Set<string>();

  constructor(private readonly options: MaintenanceOptions) {}

  start(): void {
    const { log, everyMs } = this.options;
    this.periodic = every(everyMs, 'making partitions and taking away what is old', log, (ending) => this.look(ending));
  }

  /** After the step at hand; another process takes over at once. */
  async stop(): Promise<void> {
    if (!this.periodic) return;
    await this.periodic.stop();
    await this.options.post.leave().catch(() => undefined);
  }

  private async look(ending: AbortSignal): Promise<void> {
    const { post, metrics } = this.options;
    // Those who fail to make partitions may well take them away.
    const making = await this.makePartitions().then(
      () => null,
      (error: unknown) => ({ error }),
    );
    const clock = await post.hold(HELD_FOR_MS);
    metrics.holds(clock !== null);
    const watermark = clock === null ? null : await this.watermarkSoon(ending);
    if (clock !== null && watermark !== null) await this.takeAway(Math.min(watermark, clock), ending);
    if (making) throw making.error;
  }

  /** A service that has just started has not read every partition yet: it is asked again, for a while. */
  private async watermarkSoon(ending: AbortSignal): Promise<number | null> {
    for (let tries = 1; ; tries++) {
      const watermark = await this.watermark();
      if (watermark !== null || tries === ASKED_AT_MOST) return watermark;
      await wait(ASK_AGAIN_MS, undefined, { signal: ending }).catch(() => undefined);
      if (ending.aborted) return null;
    }
  }

  private async makePartitions(): Promise<void> {
    const { source, partitionMinutes, log } = this.options;
    const made = await ensurePartitions(source, Date.now(), partitionMinutes);
    if (made.length > 0) log.info({ made }, 'partitions were made');
  }

  /** Of all topics; null: not known, so nothing is old. */
  private async watermark(): Promise<number | null> {
    const { names, bounds, progress } = this.options;
    let least = Infinity;
    for (const topic of names.all()) {
      const { at, bounds: ends } = await bounds.fetch([topic]);
      const watermark = watermarkOf(at, ends, await progress.of([topic]));
      if (watermark === null) return null;
      least = Math.min(least, watermark);
    }
    return least;
  }

  private async takeAway(now: number, ending: AbortSignal): Promise<void> {
    const { post, leaving } = this.options;
    await post.note(now);
    for (const one of leaving) {
      if (ending.aborted) return;
      await this.turnOf(one, now, ending);
    }
  }

  /** One that fails keeps nobody else from his turn; it is tried again in the next look. */
  private async turnOf(one: Leaving, now: number, signal: AbortSignal): Promise<void> {
    const { source, post, metrics } = this.options;
    const { table } = one;
    const goesOn = async () => (await post.hold(HELD_FOR_MS)) !== null;
    try {
      await letLeave(one, source, now, { forMs: A_TURN_MS, signal, goesOn, onStep: (step) => this.told(table, step) });
      metrics.isOld(table, await one.oldest(source, now));
      this.works(table);
    } catch (error) {
      if (!signal.aborted) this.fails(table, error);
    }
  }

  private told(table: string, { rows, did }: LeavingStep): void {
    const { metrics, log } = this.options;
    metrics.left(table, rows);
    if (did !== null) log.info({ table, rows, did }, 'what was old left a table');
  }

  private fails(table: string, error: unknown): void {
    const { metrics, log } = this.options;
    metrics.fails(table, true);
    if (!this.failing.has(table))
      log.warn({ err: error, table }, 'what is old cannot leave a table; it is tried again');
    this.failing.add(table);
  }

  private works(table: string): void {
    const { metrics, log } = this.options;
    metrics.fails(table, false);
    if (this.failing.delete(table)) log.info({ table }, 'what is old leaves the table again');
  }
}
