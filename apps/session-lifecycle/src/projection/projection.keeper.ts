import type { ProjectionChange } from '#libs/contracts';
import {
  type Inspection,
  ProjectionAway,
  ProjectionLost,
  type ProjectionWriter,
  ReadTooEarly,
} from '#libs/live-projection';
import { type Periodic, every } from '#libs/service-host';
import type { ProjectionClaims, SessionStore } from '#libs/session-store';
import type { PinoLogger } from 'nestjs-pino';
import type { ProjectionMetrics } from './projection-metrics';
import { ReconcilePass } from './reconcile-pass';

const LOOK_EVERY_MS = 1000;
const SETTLE_EVERY_MS = 5000;
const MAX_READS = 4;

export interface KeeperOptions {
  reconcileEveryMs: number;
  metrics: ProjectionMetrics;
}

interface Reason {
  /** In one word. */
  word: string;
  why: string;
}

/**
 * Keeps the projection equal to the record. What Redis does not take is owed, and the debt is written down: whoever
 * looks next, in this process or another, compares everything and repairs it. What cannot be trusted is rebuilt from
 * Postgres in a new epoch.
 */
export class ProjectionKeeper {
  private readonly pass: ReconcilePass;
  private readonly ending = new AbortController();
  private periodic: Periodic | undefined;
  private isBehind = false;
  /** The greatest position seen: less is a Redis that went back. */
  private seen = { epoch: 0, seq: 0 };

  constructor(
    private readonly store: SessionStore,
    private readonly writer: ProjectionWriter,
    private readonly log: PinoLogger,
    private readonly options: KeeperOptions,
  ) {
    this.pass = new ReconcilePass(store, writer, (changes, ticket) => this.put(changes, ticket), this.ending.signal);
  }

  /** To be taken before the changes are read that will be projected. */
  ticket(): number {
    return this.writer.ticket();
  }

  /**
   * Projects changes, or writes down that they are owed. Without the ticket that was taken before they were read, they
   * are read again. Rejects only when neither can be done.
   */
  async project(changes: ProjectionChange[], ticket = 0): Promise<void> {
    if (changes.length === 0) return;
    try {
      await this.put(changes, ticket);
    } catch (error) {
      const isOwed = [ProjectionAway, ProjectionLost, ReadTooEarly].some((known) => error instanceof known);
      if (!isOwed) throw error;
      await this.store.oweProjection();
      if (!this.isBehind) this.log.warn({ err: error }, 'the projection is behind; ingest goes on');
      this.isBehind = true;
    }
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

  private async lookOrSaySo(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.options.metrics.lookedInVain();
      throw error;
    }
  }

  private async look(): Promise<void> {
    const claims = await this.store.projectionClaims();
    const inspection = await this.writer.inspect();
    const reason = await this.reasonToRebuild(inspection, claims);
    this.note(inspection, reason === null, claims.owes);
    if (inspection.building !== null && !inspection.abandoned) return;
    if (reason !== null) return this.rebuild(reason, inspection);
    if (inspection.abandoned && inspection.building !== null) await this.writer.abandon(inspection.building);
    if (claims.owes) return this.settle();
    if (this.isBehind) this.log.info('the projection has caught up');
    this.isBehind = false;
    await this.projectOwed();
    if (await this.writer.takeTurn('reconcile', this.options.reconcileEveryMs)) await this.reconcile(false);
  }

  private async reasonToRebuild(inspection: Inspection, claims: ProjectionClaims): Promise<Reason | null> {
    const { loss, lost, position } = inspection;
    if (loss !== null || !position) return { word: loss ?? 'damaged', why: lost ?? 'it has no position' };
    const { epoch, seq } = position;
    // The claims were read before: Redis can only be later than they say.
    if (epoch < claims.epoch) return { word: 'older', why: `epoch ${epoch} is back, after ${claims.epoch}` };
    if (epoch < this.seen.epoch || (epoch === this.seen.epoch && seq < this.seen.seq)) {
      return { word: 'older', why: `it went back to ${epoch}.${seq} from ${this.seen.epoch}.${this.seen.seq}` };
    }
    if (epoch <= claims.given || epoch <= (await this.store.projectionClaims()).given) return null;
    return { word: 'foreign', why: `the record never gave out epoch ${epoch}` };
  }

  private note({ position, sessions }: Inspection, isWhole: boolean, isOwed: boolean): void {
    const at = position ?? { epoch: 0, seq: 0 };
    this.options.metrics.saw({ ...at, sessions, isWhole, isOwed });
    if (isWhole) this.seen = at;
  }

  private async rebuild({ word, why }: Reason, { position, building }: Inspection): Promise<void> {
    const startedAt = Date.now();
    const since = await this.store.clock();
    const epoch = await this.store.nextEpoch(Math.max(position?.epoch ?? 0, building ?? 0));
    if (!(await this.writer.rebuild(epoch, this.untilTheEnd(this.store.pages()), { distrust: true }))) return;
    await this.store.noteEpoch(epoch);
    await this.store.settleProjection(since);
    await this.writer.clean();
    const tookMs = Date.now() - startedAt;
    this.options.metrics.rebuilds.inc({ reason: word });
    this.options.metrics.rebuildSeconds.observe(tookMs / 1000);
    this.log.warn({ reason: why, epoch, tookMs }, 'the projection was rebuilt');
  }

  /** Taking the turn is a write: while Redis takes none, nothing is compared. */
  private async settle(): Promise<void> {
    if (await this.writer.takeTurn('settle', SETTLE_EVERY_MS)) await this.reconcile(true);
  }

  /** Compares and repairs; at once when something is owed, else it gives what is on its way a moment to arrive. */
  private async reconcile(isOwed: boolean): Promise<void> {
    const since = await this.store.clock();
    const { repaired, beyond } = await this.pass.run({ atOnce: isOwed });
    if (beyond !== null) return this.rebuild({ word: 'differs', why: beyond }, await this.writer.inspect());
    for (const [kind, count] of Object.entries(repaired)) this.options.metrics.repairs.inc({ kind }, count);
    if (Object.keys(repaired).length > 0) this.log.warn({ repaired, isOwed }, 'the projection was repaired');
    if (isOwed) await this.store.settleProjection(since);
    else await this.writer.clean();
  }

  /** Whoever recorded these may have ended before it projected them. */
  private async projectOwed(): Promise<void> {
    const { rows, sessions } = await this.store.owedSessions();
    if (rows.length === 0) return;
    const ticket = this.ticket();
    await this.project(await this.store.projectable(sessions.map((id) => ({ kind: 'session', id }))), ticket);
    await this.store.settleSessions(rows);
  }

  private async put(changes: readonly ProjectionChange[], ticket: number): Promise<number> {
    for (let reads = 1; ; reads++) {
      try {
        return (await this.writer.put(changes, ticket)).effective;
      } catch (error) {
        if (!(error instanceof ReadTooEarly) || reads === MAX_READS) throw error;
        ticket = this.writer.ticket();
        changes = await this.store.projectable(changes);
      }
    }
  }

  private async *untilTheEnd<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const page of pages) {
      this.ending.signal.throwIfAborted();
      yield page;
    }
  }
}
