import { Injectable } from '@nestjs/common';
import { ProjectionWriter } from '#libs/live-projection';
import { type Periodic, every } from '#libs/service-host';
import { Outbox } from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import { OutboxMetrics } from './outbox-metrics';
import { ProjectionKeeper } from './projection.keeper';
import { Teller, mayBeToldLater } from './teller';

const LOOK_EVERY_MS = 1000;
/** What is older was left: its process has ended, or Redis did not take it. */
const LEFT_AFTER_MS = 1000;

/** Tells Redis what was left in the outbox, by this process or another. While Redis is away it keeps the outbox small. */
@Injectable()
export class Leftovers {
  private looks: Periodic | undefined;

  constructor(
    private readonly outbox: Outbox,
    private readonly writer: ProjectionWriter,
    private readonly keeper: ProjectionKeeper,
    private readonly teller: Teller,
    private readonly metrics: OutboxMetrics,
    private readonly log: PinoLogger,
  ) {}

  start(): void {
    const { log } = this;
    this.looks = every(LOOK_EVERY_MS, 'telling what is left in the outbox', log, (ending) => this.look(ending));
  }

  async stop(): Promise<void> {
    await this.looks?.stop();
  }

  private async look(ending: AbortSignal): Promise<void> {
    const { outbox, teller, metrics } = this;
    const backlog = await outbox.backlog();
    metrics.saw(backlog);
    teller.noteBacklog(backlog.oldestMs);
    if (backlog.oldestMs < LEFT_AFTER_MS) return;
    // Only where they have to wait: what is merged in vain must not hold up telling.
    if (!(await this.tellAll(ending))) await outbox.merge();
  }

  /** False: they cannot be told now. */
  private async tellAll(ending: AbortSignal): Promise<boolean> {
    let rows: number | null = this.keeper.wholeEpoch() === null ? null : 1;
    while (!ending.aborted && rows !== null && rows > 0) rows = await this.tellSome();
    return rows !== null;
  }

  /** Gives how many rows there were; null: they cannot be told now. */
  private async tellSome(): Promise<number | null> {
    const { outbox, writer } = this;
    try {
      return await outbox.tellLeftovers(async (changes, moment) => (await writer.put(changes, moment)).epoch);
    } catch (error) {
      // Somebody says so already: the keeper, or whoever told it first.
      if (mayBeToldLater(error)) return null;
      throw error;
    }
  }
}
