import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Module } from '@nestjs/common';
import { LogBounds } from '#libs/event-log';
import { Metrics } from '#libs/service-host';
import { IngestProgress, MaintenancePost, allThatLeaves, policyOf } from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import { DataSource } from 'typeorm';
import { LIFECYCLE_CONFIG, type LifecycleConfig } from '../config';
import { KafkaModule } from '../kafka/kafka.module';
import { TopicNames } from '../kafka/topic-names';
import { RecordModule } from '../record/record.module';
import { Maintenance } from './maintenance';
import { MaintenanceMetrics } from './maintenance-metrics';

/** Makes partitions before their days come, and takes away what is old. */
@Module({
  imports: [RecordModule, KafkaModule],
  providers: [
    {
      provide: MaintenanceMetrics,
      useFactory: ({ registry }: Metrics) => new MaintenanceMetrics(registry),
      inject: [Metrics],
    },
    {
      provide: Maintenance,
      useFactory: (
        config: LifecycleConfig,
        source: DataSource,
        names: TopicNames,
        bounds: LogBounds,
        progress: IngestProgress,
        metrics: MaintenanceMetrics,
        log: PinoLogger,
      ) =>
        new Maintenance({
          source,
          // One process may have several services, as tests do: each of them is a holder of its own.
          post: new MaintenancePost(source, `session-lifecycle ${hostname()} ${process.pid} ${randomUUID()}`),
          names,
          bounds,
          progress,
          leaving: allThatLeaves(policyOf(config)),
          metrics,
          log,
          partitionMinutes: config.PARTITION_MINUTES,
          everyMs: config.MAINTENANCE_EVERY_SECONDS * 1000,
        }),
      inject: [LIFECYCLE_CONFIG, DataSource, TopicNames, LogBounds, IngestProgress, MaintenanceMetrics, PinoLogger],
    },
  ],
  exports: [Maintenance],
})
export class MaintenanceModule {}
