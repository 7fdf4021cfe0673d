import { Module } from '@nestjs/common';
import { StreamOutlet } from './stream.outlet';
import { QueryFeed } from './query.feed';

/** Follows the projection: the open sessions in memory, and where the frames of streams leave. */
@Module({
  providers: [StreamOutlet, QueryFeed],
  exports: [StreamOutlet, QueryFeed],
})
export class LiveModule {}
