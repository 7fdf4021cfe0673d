import { Module } from '@nestjs/common';
import { LiveStreams } from '../stream/live-streams.service';
import { StreamOutlet } from '../stream/stream.outlet';
import { LiveSessions } from './live-sessions.reader';

/** Follows the projection: the open sessions in memory, and the views of streams. */
@Module({
  providers: [StreamOutlet, LiveStreams, LiveSessions],
  exports: [LiveStreams, LiveSessions],
})
export class LiveModule {}
