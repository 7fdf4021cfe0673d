import type { ProjectionChange } from '#libs/contracts';
import type { LogBounds } from '#libs/event-log';
import type { IngestProgress, SessionStore, WatchPost } from '#libs/session-store';
import type { PinoLogger } from 'nestjs-pino';
import { afterLook, longestLeaseMs, wasBlind, watermarkOf } from './watermark';
import type { WatchdogMetrics } from './watchdog-metrics';

const LOOK_EVERY_MS = 1000;
const HELD_FOR_MS = 5000;
const PER_LOOK = 500;
/** More of them are looked at the next time: a look ends before the post lapses. */
const MAX_ROUNDS = 20;

export interface WatchdogOptions {
  post: WatchPost;
  bounds: LogBounds;
  progress: IngestProgress;
  store: SessionStore;
  /** The name of the topic whose signals it watches. */
  topic: string;
  ticket: () => number;
  project: (changes: ProjectionChange[], ticket: number) => Promise<void>;
  metrics: WatchdogMetrics;
  log: PinoLogger;
}

/**
 * Ends what has been silent for too long, by the time up to which the log is known: while Kafka or the ingest is behind,
 * that time stands still. Of several processes one does it.
 */
export class Watchdog {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(private readonly options: WatchdogOptions) {}

  start(): void {
    this.timer = setInterval(() => {
      this.looking ??= this.tryToLook().finally(() => {
        this.looking = undefined;
      });
    }, LOOK_EVERY_MS);
  }

  /** After the look at hand; another process takes over at once. */
  async stop(): Promise<void> {
    if (!this.timer) return;
    clearInterval(this.timer);
    await this.looking;
    await this.options.post.leave().catch(() => undefined);
  }

  private async tryToLook(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.options.log.debug({ err: error }, 'the watchdog could not look');
    }
  }

  private async look(): Promise<void> {
    const { post, bounds, progress, topic, metrics } = this.options;
    const watch = await post.hold(HELD_FOR_MS);
    metrics.holds(watch !== null);
    if (!watch) return;
    const { at, bounds: ends } = await bounds.fetch([topic]);
    const isBlind = wasBlind(watch, at);
    const watermark = watermarkOf(at, ends, await progress.of([topic]));
    const next = afterLook(watch, at, watermark, isBlind);
    if (isBlind && watch.lookedAt !== null) this.noteBlindness(at - watch.lookedAt);
    await post.note(next);
    metrics.knows(watermark);
    if (watermark !== null) await this.check(watermark, longestLeaseMs(next, at));
  }

  private async check(watermark: number, longest: number): Promise<void> {
    const { store, ticket, project, post } = this.options;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const taken = ticket();
      const changes = await store.checkDue(watermark, { limit: PER_LOOK, longestLeaseMs: longest });
      await project(changes, taken);
      if (changes.length < PER_LOOK || (await post.hold(HELD_FOR_MS)) === null) return;
    }
  }

  private noteBlindness(blindMs: number): void {
    this.options.log.warn({ blindMs }, 'the log was out of sight; everyone has a whole lease to be heard again');
  }
}
