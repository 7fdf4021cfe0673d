import { Module } from '@nestjs/common';
import { ProjectionWriter } from '#libs/live-projection';
import { Metrics } from '#libs/service-host';
import { Outbox, ProjectionEpochs, SessionStore } from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import { LIFECYCLE_CONFIG, type LifecycleConfig } from '../config';
import { RecordModule } from '../record/record.module';
import { Leftovers } from './leftovers';
import { OutboxMetrics } from './outbox-metrics';
import { ProjectionMetrics } from './projection-metrics';
import { ProjectionKeeper } from './projection.keeper';
import { Teller } from './teller';

/** The live copy in Redis: told after each commit, compared with the record, rebuilt where it cannot be trusted. */
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
      provide: OutboxMetrics,
      useFactory: ({ registry }: Metrics) => new OutboxMetrics(registry),
      inject: [Metrics],
    },
    {
      provide: ProjectionKeeper,
      useFactory: (
        config: LifecycleConfig,
        store: SessionStore,
        epochs: ProjectionEpochs,
        outbox: Outbox,
        writer: ProjectionWriter,
        metrics: ProjectionMetrics,
        log: PinoLogger,
      ) => {
        const reconcileEveryMs = config.RECONCILE_EVERY_SECONDS * 1000;
        return new ProjectionKeeper({ store, epochs, outbox, writer, reconcileEveryMs, metrics, log });
      },
      inject: [
        LIFECYCLE_CONFIG,
        SessionStore,
        ProjectionEpochs,
        Outbox,
        ProjectionWriter,
        ProjectionMetrics,
        PinoLogger,
      ],
    },
    Teller,
    Leftovers,
  ],
  exports: [ProjectionWriter, ProjectionKeeper, Teller, Leftovers],
})
export class ProjectionModule {}
