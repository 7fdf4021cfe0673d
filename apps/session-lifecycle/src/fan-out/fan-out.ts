import { type Periodic, every } from '#libs/service-host';
import { SESSIONS_PER_PAGE, type SessionStore } from '#libs/session-store';
import type { PinoLogger } from 'nestjs-pino';
import { Portion } from '../portion';
import type { Teller } from '../projection/teller';
import type { FanOutMetrics } from './fan-out-metrics';

const LOOK_EVERY_MS = 500;

export interface FanOutOptions {
  store: SessionStore;
  teller: Pick<Teller, 'tell'>;
  metrics: FanOutMetrics;
  log: PinoLogger;
}

/**
 * Tells the open sessions that show a changed room, host or preset, as far as the slice with the change did not: in pages,
 * each a transaction of its own, so that neither locks nor memory grow with their number and ingest goes on meanwhile.
 * Where it stands is written down with each page: whoever looks next goes on there, in this process or another.
 */
export class FanOut {
  private periodic: Periodic | undefined;
  private readonly portion = new Portion(SESSIONS_PER_PAGE);

  constructor(private readonly options: FanOutOptions) {}

  start(): void {
    this.periodic = every(LOOK_EVERY_MS, 'telling sessions of changes in what they show', this.options.log, (ending) =>
      this.tellAll(ending),
    );
  }

  async stop(): Promise<void> {
    await this.periodic?.stop();
  }

  private async tellAll(ending: AbortSignal): Promise<void> {
    const { store, metrics } = this.options;
    while (!ending.aborted && (await this.tellPage())) metrics.saw(await store.fanOutBacklog());
    metrics.saw(await store.fanOutBacklog());
  }

  /** False: nothing is left, or another process is at it. */
  private async tellPage(): Promise<boolean> {
    const { store, teller } = this.options;
    const limit = this.portion.size(Date.now());
    const page = await store.fanOut(limit).catch(async (error: unknown) => {
      if ((await store.whatFailed(error)) === 'too-much') this.portion.halve(limit, Date.now());
      throw error;
    });
    if (page === null) return false;
    await teller.tell(page);
    return true;
  }
}
