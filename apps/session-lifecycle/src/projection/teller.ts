import { Injectable } from '@nestjs/common';
import { ProjectionAway, ProjectionLost, ProjectionWriter, ReadTooEarly } from '#libs/live-projection';
import { type Periodic, every } from '#libs/service-host';
import { OldEpoch, Outbox, type Recorded, type Told } from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';

const DELETE_EVERY_MS = 200;

/** Tells Redis from memory what was recorded, and deletes the rows that the outbox has of it. */
@Injectable()
export class Teller {
  private told: Told[] = [];
  private deleting: Periodic | undefined;
  /** By performance.now(); null: Redis took all that was told. */
  private behindSince: number | null = null;

  constructor(
    private readonly writer: ProjectionWriter,
    private readonly outbox: Outbox,
    private readonly log: PinoLogger,
  ) {}

  start(): void {
    this.deleting = every(DELETE_EVERY_MS, 'deleting from the outbox', this.log, () => this.deleteTold());
  }

  async stop(): Promise<void> {
    await this.deleting?.stop();
    await this.deleteTold().catch(() => undefined);
  }

  /**
   * Call it after the commit. What Redis does not take stays in the outbox, and is told from there. A rebuild that began
   * meanwhile refuses it: then the outbox has it as well.
   */
  async tell({ changes, outboxId }: Recorded): Promise<void> {
    if (outboxId === null) return;
    try {
      const { epoch } = await this.writer.put(changes, Number(outboxId));
      this.told.push({ id: outboxId, epoch });
    } catch (error) {
      if (!mayBeToldLater(error)) throw error;
      if (this.behindSince === null) this.log.warn({ err: error }, 'the projection is behind; ingest goes on');
      this.behindSince ??= performance.now();
    }
  }

  /** Together, since a delete is a transaction of its own. */
  async deleteTold(): Promise<void> {
    const told = this.told;
    if (told.length === 0) return;
    this.told = [];
    try {
      await this.outbox.delete(told);
    } catch (error) {
      this.told.push(...told);
      throw error;
    }
  }

  /** What is left in the outbox is so old at most, in ms: where that came later than what Redis did not take, it has it now. */
  noteBacklog(oldestMs: number): void {
    if (this.behindSince === null || oldestMs >= performance.now() - this.behindSince) return;
    this.log.info('the projection has caught up');
    this.behindSince = null;
  }
}

/** Redis is away, is being rebuilt, or is not the one in use any more. */
export function mayBeToldLater(error: unknown): boolean {
  return [ProjectionAway, ProjectionLost, ReadTooEarly, OldEpoch].some((known) => error instanceof known);
}
