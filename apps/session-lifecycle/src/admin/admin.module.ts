import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { KafkaModule } from '../kafka/kafka.module';
import { PreparationModule } from '../preparation/preparation.module';
import { ProjectionModule } from '../projection/projection.module';
import { RecordModule } from '../record/record.module';
import { ActRun } from './act-run';
import { ActTaker } from './act-taker';
import { AdminController } from './admin.controller';
import { IngestAdmin } from './ingest-admin';
import { RangeReplay } from './range-replay';
import { Replay } from './replay';

/** `/admin`: what a person may ask of the ingest, and tell it. */
@Module({
  imports: [RecordModule, KafkaModule, PreparationModule, ProjectionModule, AuditModule],
  controllers: [AdminController],
  providers: [IngestAdmin, Replay, RangeReplay, ActRun, ActTaker],
})
export class AdminModule {}
