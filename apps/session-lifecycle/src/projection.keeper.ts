import type { ProjectionChange } from '#libs/contracts';
import { ProjectionAway, ProjectionLost, type ProjectionWriter } from '#libs/live-projection';
import type { SessionStore } from '#libs/session-store';
import type { PinoLogger } from 'nestjs-pino';

const LOOK_EVERY_MS = 1000;

/**
 * Keeps the projection equal to the record. What Redis does not take is owed, and the debt is written down: whoever
 * looks next, in this process or another, rebuilds everything from Postgres in a new epoch.
 */
export class ProjectionKeeper {
  private looking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private owing = false;

  constructor(
    private readonly store: SessionStore,
    private readonly writer: ProjectionWriter,
    private readonly log: PinoLogger,
  ) {}

  /** Projects changes, or writes down that they are owed. Rejects only when neither can be done. */
  async project(changes: ProjectionChange[]): Promise<void> {
    if (changes.length === 0) return;
    try {
      await this.writer.write(changes);
    } catch (error) {
      if (!(error instanceof ProjectionAway) && !(error instanceof ProjectionLost)) throw error;
      if (this.owing) return;
      await this.store.oweProjection();
      this.owing = true;
      this.log.warn({ err: error }, 'the projection is behind; ingest goes on');
    }
  }

  start(): void {
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => {
        this.looking = undefined;
      });
    }, LOOK_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Whether the projection can be trusted now; says why not. */
  async inspect(): Promise<{ lost: string | null; epoch: number | null; seq: number | null }> {
    const { lost, position } = await this.writer.inspect();
    return { lost, epoch: position?.epoch ?? null, seq: position?.seq ?? null };
  }

  private async look(): Promise<void> {
    try {
      const { lost } = await this.writer.inspect();
      const reason = lost ?? ((await this.store.owesProjection()) ? 'changes are owed to it' : null);
      if (reason !== null) await this.rebuild(reason);
    } catch (error) {
      this.log.debug({ err: error }, 'the projection could not be looked at');
    }
  }

  private async rebuild(reason: string): Promise<void> {
    const startedAt = Date.now();
    const since = await this.store.clock();
    const epoch = await this.store.nextEpoch();
    // What is recorded from here on is written into the new epoch, or owed anew.
    this.owing = false;
    if (!(await this.writer.rebuild(epoch, this.store.pages()))) return;
    await this.store.settleProjection(since);
    this.log.info({ reason, epoch, tookMs: Date.now() - startedAt }, 'the projection was rebuilt');
  }
}
