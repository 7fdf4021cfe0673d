import { Module } from '@nestjs/common';
import { Metrics } from '#libs/service-host';
import { AuditModule } from '../audit/audit.module';
import { KafkaModule } from '../kafka/kafka.module';
import { ProjectionModule } from '../projection/projection.module';
import { RecordModule } from '../record/record.module';
import { Freshness } from './freshness';
import { FreshnessMetrics } from './freshness-metrics';

/** Says in the projection up to when it has all that producers have said. */
@Module({
  imports: [RecordModule, KafkaModule, ProjectionModule, AuditModule],
  providers: [
    {
      provide: FreshnessMetrics,
      useFactory: ({ registry }: Metrics) => new FreshnessMetrics(registry),
      inject: [Metrics],
    },
    Freshness,
  ],
  exports: [Freshness],
})
export class FreshnessModule {}
