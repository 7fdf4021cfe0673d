import { Module } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { DataSource } from 'typeorm';
import { RecordModule } from '../record/record.module';
import { PartitionKeeper } from './partition-keeper';

/** Makes the partitions of the record's tables before their days come. */
@Module({
  imports: [RecordModule],
  providers: [
    {
      provide: PartitionKeeper,
      useFactory: (source: DataSource, log: PinoLogger) => new PartitionKeeper({ source, log }),
      inject: [DataSource, PinoLogger],
    },
  ],
  exports: [PartitionKeeper],
})
export class PartitionsModule {}
