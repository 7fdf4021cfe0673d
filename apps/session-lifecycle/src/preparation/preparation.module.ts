import { Module } from '@nestjs/common';
import { RecordModule } from '../record/record.module';
import { Preparation } from './preparation';

/** The schema's version, topics and the connection to the record; the parts that answer requests ask whether they are there. */
@Module({ imports: [RecordModule], providers: [Preparation], exports: [Preparation] })
export class PreparationModule {}
