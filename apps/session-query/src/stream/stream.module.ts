import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module';
import { LiveModule } from '../live/live.module';
import { LiveStreams } from './live-streams.service';
import { StreamController } from './stream.controller';

/** Live lists as server-sent events. */
@Module({
  imports: [AccessModule, LiveModule],
  controllers: [StreamController],
  providers: [LiveStreams],
})
export class StreamModule {}
