import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module';
import { HttpModule } from '../http/http.module';
import { LiveModule } from '../live/live.module';
import { RecordModule } from '../record/record.module';
import { KnownRequests } from './known-requests';
import { ResponseCache } from './response-cache';
import { SessionAnswers } from './session-answers';
import { SessionReplies } from './session-replies';
import { SessionsController } from './sessions.controller';
import { Shortcut } from './shortcut';

/** Lists, sessions and what was said of them, over REST. */
@Module({
  imports: [HttpModule, AccessModule, RecordModule, LiveModule],
  controllers: [SessionsController],
  providers: [KnownRequests, ResponseCache, SessionAnswers, SessionReplies, Shortcut],
})
export class SessionsModule {}
