import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module';
import { LiveModule } from '../live/live.module';
import { StreamController } from './stream.controller';

/** Live lists as server-sent events. */
@Module({
  imports: [AccessModule, LiveModule],
  controllers: [StreamController],
})
export class StreamModule {}
