import { Module } from '@nestjs/common';
import { ProjectionWriter } from '#libs/live-projection';
import { Metrics } from '#libs/service-host';
import { SessionStore } from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import { LIFECYCLE_CONFIG, type LifecycleConfig } from '../config';
import { RecordModule } from '../record/record.module';
import { ProjectionMetrics } from './projection-metrics';
import { ProjectionKeeper } from './projection.keeper';

/** The live copy in Redis: written after each commit, compared with the record, rebuilt where it cannot be trusted. */
@Module({
  imports: [RecordModule],
  providers: [
    {
      provide: ProjectionWriter,
      useFactory: (config: LifecycleConfig) =>
        new ProjectionWriter({ url: config.REDIS_URL, tag: config.REDIS_HASH_TAG }),
      inject: [LIFECYCLE_CONFIG],
    },
    {
      provide: ProjectionMetrics,
      useFactory: ({ registry }: Metrics) => new ProjectionMetrics(registry),
      inject: [Metrics],
    },
    {
      provide: ProjectionKeeper,
      useFactory: (
        store: SessionStore,
        writer: ProjectionWriter,
        log: PinoLogger,
        metrics: ProjectionMetrics,
        config: LifecycleConfig,
      ) =>
        new ProjectionKeeper(store, writer, log, {
          reconcileEveryMs: config.RECONCILE_EVERY_SECONDS * 1000,
          metrics,
        }),
      inject: [SessionStore, ProjectionWriter, PinoLogger, ProjectionMetrics, LIFECYCLE_CONFIG],
    },
  ],
  exports: [ProjectionWriter, ProjectionKeeper],
})
export class ProjectionModule {}
