import { Module } from '@nestjs/common';
import { LiveStreams } from '../stream/live-streams.service';
import { StreamOutlet } from '../stream/stream.outlet';
import { QueryFeed } from './query.feed';

/** Follows the projection: the open sessions in memory, and the views of streams. */
@Module({
  providers: [StreamOutlet, LiveStreams, QueryFeed],
  exports: [LiveStreams, QueryFeed],
})
export class LiveModule {}
