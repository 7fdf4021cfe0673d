import { Injectable } from '@nestjs/common';
import { LogBounds } from '#libs/event-log';
import { type Periodic, every } from '#libs/service-host';
import { IngestProgress, SessionStore, WatchPost } from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import { TopicNames } from '../kafka/topic-names';
import { Portion } from '../portion';
import { Teller } from '../projection/teller';
import { afterLook, longestLeaseMs, wasBlind, watermarkOf } from './watermark';
import { WatchdogMetrics } from './watchdog-metrics';

const LOOK_EVERY_MS = 1000;
const CHECK_EVERY_MS = 500;
const HELD_FOR_MS = 5000;
const PER_CHECK = 500;
/** More are ended in the next run: one that cannot be ended does not keep this one going for ever. */
const MAX_ROUNDS = 20;

/** What the last look saw; null while another process holds the post, or the watermark is not known. */
interface Sight {
  watermark: number;
  longestLeaseMs: number;
}

/**
 * Ends what has been silent for too long, by the time up to which the log is known: while Kafka or the ingest is behind,
 * that time stands still. Of several processes one does it. It looks at the log in a loop of its own: however long it takes
 * to end many sessions, the log does not go out of sight for that.
 */
@Injectable()
export class Watchdog {
  private looks: Periodic | undefined;
  private checks: Periodic | undefined;
  private sight: Sight | null = null;
  private readonly portion = new Portion(PER_CHECK);

  constructor(
    private readonly post: WatchPost,
    private readonly names: TopicNames,
    private readonly bounds: LogBounds,
    private readonly progress: IngestProgress,
    private readonly store: SessionStore,
    private readonly teller: Teller,
    private readonly metrics: WatchdogMetrics,
    private readonly log: PinoLogger,
  ) {}

  start(): void {
    const { log } = this;
    this.looks = every(LOOK_EVERY_MS, 'looking for silent sessions', log, () => this.look());
    this.checks = every(CHECK_EVERY_MS, 'ending silent sessions', log, (ending) => this.check(ending));
  }

  /** After the work at hand; another process takes over at once. */
  async stop(): Promise<void> {
    if (!this.looks) return;
    await Promise.all([this.looks.stop(), this.checks?.stop()]);
    await this.post.leave().catch(() => undefined);
  }

  private async look(): Promise<void> {
    const { post, bounds, progress, metrics } = this;
    const topic = this.names.nameOf('sessions');
    const watch = await post.hold(HELD_FOR_MS);
    metrics.holds(watch !== null);
    if (!watch) {
      this.sight = null;
      return;
    }
    const { at, bounds: ends } = await bounds.fetch([topic]);
    const isBlind = wasBlind(watch, at);
    if (isBlind) this.sight = null;
    const watermark = watermarkOf(at, ends, await progress.of([topic]));
    const next = afterLook(watch, at, watermark, isBlind);
    if (isBlind && watch.lookedAt !== null) this.noteBlindness(at - watch.lookedAt);
    await post.note(next);
    metrics.knows(watermark);
    this.sight = watermark === null ? null : { watermark, longestLeaseMs: longestLeaseMs(next, at) };
  }

  /** Each round by the newest sight: with the post lost, or the log out of sight, the rest is not ended. */
  private async check(ending: AbortSignal): Promise<void> {
    for (let rounds = 0; rounds < MAX_ROUNDS && !ending.aborted; rounds++) {
      if (!(await this.checkSome())) return;
    }
  }

  /** Gives whether more may be due. */
  private async checkSome(): Promise<boolean> {
    const { post, store, teller } = this;
    const watch = this.sight && (await post.hold(HELD_FOR_MS));
    if (!watch || !this.sight || wasBlind(watch, Date.now())) return false;
    const { watermark, longestLeaseMs: longest } = this.sight;
    const limit = this.portion.size(Date.now());
    const recorded = await store
      .checkDue(watermark, { limit, longestLeaseMs: longest })
      .catch(async (error: unknown) => {
        if ((await store.whatFailed(error)) === 'too-much') this.portion.halve(limit, Date.now());
        throw error;
      });
    await teller.tell(recorded);
    // Also where they changed nothing: a look is planned too early rather than too late.
    return recorded.looked >= limit;
  }

  private noteBlindness(blindMs: number): void {
    this.log.warn({ blindMs }, 'the log was out of sight; everyone has a whole lease to be heard again');
  }
}
