import { Module } from '@nestjs/common';
import { IngestModule } from '../ingest/ingest.module';
import { KafkaModule } from '../kafka/kafka.module';
import { PreparationModule } from '../preparation/preparation.module';
import { ProjectionModule } from '../projection/projection.module';
import { RecordModule } from '../record/record.module';
import { ReadinessProbes } from './readiness-probes';

/** What `/health/ready` looks at. */
@Module({
  imports: [RecordModule, KafkaModule, PreparationModule, ProjectionModule, IngestModule],
  providers: [ReadinessProbes],
})
export class ReadinessModule {}
