import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { IngestModule } from '../ingest/ingest.module';
import { KafkaModule } from '../kafka/kafka.module';
import { PreparationModule } from '../preparation/preparation.module';
import { RecordModule } from '../record/record.module';
import { LifecycleFactsTeller } from './lifecycle-facts.teller';

/** What this process says of itself to operators. */
@Module({
  imports: [RecordModule, KafkaModule, PreparationModule, IngestModule, AuditModule],
  providers: [LifecycleFactsTeller],
})
export class LifecycleFactsModule {}
