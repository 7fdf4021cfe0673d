import { type Leaving, MaintenancePost } from '#libs/session-store';
import { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { Maintenance } from '../src/maintenance/maintenance';
import { MaintenanceMetrics } from '../src/maintenance/maintenance-metrics';

export interface StartedMaintenance {
  maintenance: Maintenance;
  /** What it logs. */
  told: unknown[][];
  registry: Registry;
}

/**
 * A loop of maintenance that looks all the time. To it Kafka has one partition, all of which is read; where a watermark is
 * given there is more to read, and it is the broker's time of what was read last.
 */
export function startMaintenance(
  source: DataSource,
  holder: string | MaintenancePost,
  leaving: readonly Leaving[],
  { watermark }: { watermark?: number | null } = {},
): StartedMaintenance {
  const told: unknown[][] = [];
  const registry = new Registry();
  const high = watermark === undefined ? '0' : '5';
  const maintenance = new Maintenance({
    source,
    post: typeof holder === 'string' ? new MaintenancePost(source, holder) : holder,
    names: { all: () => ['t'] } as never,
    bounds: {
      fetch: async () => ({ at: Date.now(), bounds: [{ topic: 't', partition: 0, low: '0', high }] }),
    },
    progress: {
      of: async () => [{ topic: 't', partition: 0, nextOffset: '0', brokerTime: watermark ?? null, updatedAt: 0 }],
    },
    leaving,
    metrics: new MaintenanceMetrics(registry),
    log: { warn: (...said: unknown[]) => told.push(said), info: (...said: unknown[]) => told.push(said) },
    partitionMinutes: 1440,
    everyMs: 20,
  });
  maintenance.start();
  return { maintenance, told, registry };
}
