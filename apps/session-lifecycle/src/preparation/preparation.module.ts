import { Module } from '@nestjs/common';
import { KafkaModule } from '../kafka/kafka.module';
import { RecordModule } from '../record/record.module';
import { Preparation } from './preparation';
import { TopicCheck } from './topic-check';

/** The schema's version, topics and the connection to the record; the parts that answer requests ask whether they are there. */
@Module({ imports: [RecordModule, KafkaModule], providers: [Preparation, TopicCheck], exports: [Preparation] })
export class PreparationModule {}
