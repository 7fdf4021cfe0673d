import { Module, type Type } from '@nestjs/common';
import { ServiceHostModule } from '#libs/service-host';
import { Answering } from './answers/answering';
import { Answers } from './answers/answers';
import { AnswerHeaders } from './answers/headers';
import { HotRequests } from './answers/hot-requests';
import { BoardController } from './board.controller';
import { QUERY_CONFIG, type QueryConfig } from './config';
import { DocsController } from './docs.controller';
import { QUERY_GATE } from './gate.provider';
import { HistoryQuestions } from './history-questions';
import { LiveSessions } from './live-sessions.reader';
import { Questions } from './questions';
import { RecordStore } from './record.store';
import { SessionsController } from './sessions.controller';
import { LiveStreams } from './stream/live-streams.service';
import { StreamController } from './stream/stream.controller';

export function appModule(config: QueryConfig): Type {
  @Module({
    imports: [ServiceHostModule.register({ name: 'session-query', logLevel: config.LOG_LEVEL })],
    controllers: [BoardController, DocsController, StreamController, SessionsController],
    providers: [
      { provide: QUERY_CONFIG, useValue: config },
      RecordStore,
      QUERY_GATE,
      LiveStreams,
      LiveSessions,
      Questions,
      Answers,
      AnswerHeaders,
      HotRequests,
      HistoryQuestions,
      Answering,
    ],
  })
  class AppModule {}
  return AppModule;
}
