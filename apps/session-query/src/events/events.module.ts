import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module';
import { HttpModule } from '../http/http.module';
import { LiveModule } from '../live/live.module';
import { RecordModule } from '../record/record.module';
import { EventsController } from './events.controller';
import { EventPlaces } from './event-places.reader';

/** What became of an event, by its place in Kafka. */
@Module({
  imports: [HttpModule, AccessModule, RecordModule, LiveModule],
  controllers: [EventsController],
  providers: [EventPlaces],
})
export class EventsModule {}
