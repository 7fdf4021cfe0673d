import { Module } from '@nestjs/common';
import { LiveStreams } from '../stream/live-streams.service';
import { LiveSessions } from './live-sessions.reader';

/** Follows the projection: the open sessions in memory, and the views of streams. */
@Module({
  providers: [LiveStreams, LiveSessions],
  exports: [LiveStreams, LiveSessions],
})
export class LiveModule {}
