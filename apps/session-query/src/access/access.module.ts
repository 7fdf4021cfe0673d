import { Module } from '@nestjs/common';
import { Gate } from '#libs/service-host';
import { RecordModule } from '../record/record.module';
import { QUERY_GATE } from './gate.provider';

/** Who asks, by key or token, and how much they may ask. */
@Module({
  imports: [RecordModule],
  providers: [QUERY_GATE],
  exports: [Gate],
})
export class AccessModule {}
