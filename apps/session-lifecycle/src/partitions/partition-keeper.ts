import { type Periodic, every } from '#libs/service-host';
import { ensurePartitions } from '#libs/session-store';
import type { PinoLogger } from 'nestjs-pino';
import type { DataSource } from 'typeorm';

/** They are made a week ahead, so that this may fail for days before anybody notices. */
const LOOK_EVERY_MS = 3_600_000;

export interface PartitionKeeperOptions {
  source: DataSource;
  log: Pick<PinoLogger, 'warn' | 'info'>;
  everyMs?: number;
}

/** Makes the partitions of the days to come, in whichever process looks first. */
export class PartitionKeeper {
  private periodic: Periodic | undefined;

  constructor(private readonly options: PartitionKeeperOptions) {}

  start(): void {
    const { source, log, everyMs = LOOK_EVERY_MS } = this.options;
    this.periodic = every(everyMs, 'making the partitions of the days to come', log, () => this.look(source));
  }

  async stop(): Promise<void> {
    await this.periodic?.stop();
  }

  private async look(source: DataSource): Promise<void> {
    const made = await ensurePartitions(source, Date.now());
    if (made.length > 0) this.options.log.info({ made }, 'partitions were made');
  }
}
