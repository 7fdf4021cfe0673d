import { Inject, Injectable } from '@nestjs/common';
import { type Inspection, ProjectionWriter } from '#libs/live-projection';
import { type Periodic, every } from '#libs/service-host';
import { type Epochs, Outbox, ProjectionEpochs, SessionStore } from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import { LIFECYCLE_CONFIG, type LifecycleConfig } from '../config';
import { ProjectionMetrics } from './projection-metrics';
import { ReconcilePass } from './reconcile-pass';

const LOOK_EVERY_MS = 1000;
/** Reasons of a rebuild that a record which has gone back (a backup was restored) gives. */
const RECORD_WENT_BACK: readonly string[] = ['foreign', 'differs', 'restored'];

interface Reason {
  /** In one word. */
  word: string;
  why: string;
}

/**
 * Keeps a projection that can be trusted: compares it with the record now and then and repairs what differs; one that
 * cannot be trusted is rebuilt from Postgres in a new epoch. What is recorded meanwhile is told by others.
 */
@Injectable()
export class ProjectionKeeper {
  private readonly pass: ReconcilePass;
  private readonly ending = new AbortController();
  private periodic: Periodic | undefined;
  /** The greatest position seen: less is a Redis that went back. */
  private seen = { epoch: 0, seq: 0 };
  private whole: number | null = null;

  constructor(
    private readonly store: SessionStore,
    private readonly epochs: ProjectionEpochs,
    private readonly writer: ProjectionWriter,
    private readonly metrics: ProjectionMetrics,
    private readonly log: PinoLogger,
    @Inject(LIFECYCLE_CONFIG) private readonly config: Pick<LifecycleConfig, 'RECONCILE_EVERY_SECONDS'>,
    outbox: Outbox,
  ) {
    this.pass = new ReconcilePass({ store, outbox, writer }, this.ending.signal);
  }

  start(): void {
    this.periodic = every(LOOK_EVERY_MS, 'looking after the projection', this.log, () => this.lookOrSaySo());
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.periodic?.stop();
  }

  /** Whether the projection can be trusted now; says why not. */
  async inspect(): Promise<{ lost: string | null; epoch: number | null; seq: number | null }> {
    const { lost, position } = await this.writer.inspect();
    return { lost, epoch: position?.epoch ?? null, seq: position?.seq ?? null };
  }

  /** The epoch that the last look found whole; null when it found none. */
  wholeEpoch(): number | null {
    return this.whole;
  }

  private async lookOrSaySo(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.whole = null;
      this.metrics.lookedInVain();
      throw error;
    }
  }

  private async look(): Promise<void> {
    const { epochs, writer, config } = this;
    const known = await epochs.known();
    const inspection = await writer.inspect();
    const reason = await this.reasonToRebuild(inspection, known);
    this.note(inspection, reason === null);
    if (inspection.building !== null && !inspection.abandoned) return;
    if (reason !== null) return this.rebuild(reason, inspection);
    if (inspection.abandoned && inspection.building !== null) await writer.abandon(inspection.building);
    if (await writer.takeTurn('reconcile', config.RECONCILE_EVERY_SECONDS * 1000)) await this.reconcile();
  }

  private async reasonToRebuild(inspection: Inspection, known: Epochs): Promise<Reason | null> {
    const { loss, lost, position } = inspection;
    if (loss !== null || !position) return { word: loss ?? 'damaged', why: lost ?? 'it has no position' };
    if (known.distrusted) return { word: 'restored', why: 'the record went back: what Redis was told does not count' };
    const { epoch, seq } = position;
    // What is known was read before: Redis can only be later.
    if (epoch < known.begun) return { word: 'older', why: `epoch ${epoch} is back, after ${known.begun}` };
    if (epoch < this.seen.epoch || (epoch === this.seen.epoch && seq < this.seen.seq)) {
      return { word: 'older', why: `it went back to ${epoch}.${seq} from ${this.seen.epoch}.${this.seen.seq}` };
    }
    if (epoch <= known.given || epoch <= (await this.epochs.known()).given) return null;
    return { word: 'foreign', why: `the record never gave out epoch ${epoch}` };
  }

  private note({ position, sessions }: Inspection, isWhole: boolean): void {
    const at = position ?? { epoch: 0, seq: 0 };
    this.metrics.saw({ ...at, sessions, isWhole });
    this.whole = isWhole ? at.epoch : null;
    if (isWhole) this.seen = at;
  }

  private async rebuild({ word, why }: Reason, { position, building }: Inspection): Promise<void> {
    const { epochs, store, writer, metrics, log } = this;
    const startedAt = Date.now();
    const epoch = await epochs.next(Math.max(position?.epoch ?? 0, building ?? 0));
    const begun = () => epochs.begin(epoch);
    const options = { distrust: true, forgetFresh: RECORD_WENT_BACK.includes(word), begun };
    if (!(await writer.rebuild(epoch, this.untilTheEnd(store.pages()), options))) return;
    await writer.clean();
    const tookMs = Date.now() - startedAt;
    metrics.rebuilds.inc({ reason: word });
    metrics.rebuildSeconds.observe(tookMs / 1000);
    log.warn({ reason: why, epoch, tookMs }, 'the projection was rebuilt');
  }

  /** Compares and repairs; what was committed a moment ago is on its way, and given time to arrive. */
  private async reconcile(): Promise<void> {
    const { writer, metrics, log } = this;
    const { repaired, beyond } = await this.pass.run();
    if (beyond !== null) return this.rebuild({ word: 'differs', why: beyond }, await writer.inspect());
    for (const [kind, count] of Object.entries(repaired)) metrics.repairs.inc({ kind }, count);
    if (Object.keys(repaired).length > 0) log.warn({ repaired }, 'the projection was repaired');
    await writer.clean();
  }

  private async *untilTheEnd<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const page of pages) {
      this.ending.signal.throwIfAborted();
      yield page;
    }
  }
}
