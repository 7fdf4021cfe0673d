import { Module } from '@nestjs/common';
import { RecordStore } from './record.store';

/** Reads Postgres. */
@Module({
  providers: [RecordStore],
  exports: [RecordStore],
})
export class RecordModule {}
