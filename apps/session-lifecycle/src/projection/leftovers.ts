import type { ProjectionWriter } from '#libs/live-projection';
import { type Periodic, every } from '#libs/service-host';
import type { Outbox } from '#libs/session-store';
import type { PinoLogger } from 'nestjs-pino';
import type { OutboxMetrics } from './outbox-metrics';
import type { ProjectionKeeper } from './projection.keeper';
import { type Teller, mayBeToldLater } from './teller';

const LOOK_EVERY_MS = 1000;
/** What is older was left: its process has ended, or Redis did not take it. */
const LEFT_AFTER_MS = 1000;

export interface LeftoversOptions {
  outbox: Outbox;
  writer: ProjectionWriter;
  keeper: Pick<ProjectionKeeper, 'wholeEpoch'>;
  teller: Pick<Teller, 'caughtUp'>;
  metrics: OutboxMetrics;
  log: PinoLogger;
}

/** Tells Redis what was left in the outbox, by this process or another. While Redis is away it keeps the outbox small. */
export class Leftovers {
  private looks: Periodic | undefined;

  constructor(private readonly options: LeftoversOptions) {}

  start(): void {
    const { log } = this.options;
    this.looks = every(LOOK_EVERY_MS, 'telling what is left in the outbox', log, (ending) => this.look(ending));
  }

  async stop(): Promise<void> {
    await this.looks?.stop();
  }

  private async look(ending: AbortSignal): Promise<void> {
    const { outbox, teller, keeper, metrics } = this.options;
    const backlog = await outbox.backlog();
    metrics.saw(backlog);
    if (backlog.oldestMs < LEFT_AFTER_MS) return teller.caughtUp();
    await outbox.merge();
    while (!ending.aborted && keeper.wholeEpoch() !== null && (await this.tellSome()));
  }

  /** False: nothing is left, or it cannot be told now. */
  private async tellSome(): Promise<boolean> {
    const { outbox, writer } = this.options;
    try {
      return (await outbox.tellLeftovers(async (changes, moment) => (await writer.put(changes, moment)).epoch)) > 0;
    } catch (error) {
      // Somebody says so already: the keeper, or whoever told it first.
      if (mayBeToldLater(error)) return false;
      throw error;
    }
  }
}
