import { Module } from '@nestjs/common';
import { Metrics } from '#libs/service-host';
import { IngestModule } from '../ingest/ingest.module';
import { KafkaModule } from '../kafka/kafka.module';
import { RecordModule } from '../record/record.module';
import { AuditMetrics } from './audit-metrics';
import { Auditor } from './auditor';

/** Looks from outside at how far the ingest has come, and tells what was missed. */
@Module({
  imports: [RecordModule, KafkaModule, IngestModule],
  providers: [
    { provide: AuditMetrics, useFactory: ({ registry }: Metrics) => new AuditMetrics(registry), inject: [Metrics] },
    Auditor,
  ],
  exports: [Auditor],
})
export class AuditModule {}
