import { Module, type Type } from '@nestjs/common';
import { ServiceHostModule } from '#libs/service-host';
import { Answering } from './http/answering';
import { Answers } from './http/answers';
import { AnswerHeaders } from './http/answer-headers';
import { HotRequests } from './http/hot-requests';
import { BoardController } from './pages/board.controller';
import { QUERY_CONFIG, type QueryConfig } from './config';
import { DocsController } from './pages/docs.controller';
import { QUERY_GATE } from './access/gate.provider';
import { HistoryQuestions } from './sessions/history-questions';
import { LiveSessions } from './live/live-sessions.reader';
import { Questions } from './sessions/session-questions';
import { RecordStore } from './record/record.store';
import { SessionsController } from './sessions/sessions.controller';
import { LiveStreams } from './stream/live-streams.service';
import { StreamOutlet } from './stream/stream.outlet';
import { StreamController } from './stream/stream.controller';

export function appModule(config: QueryConfig): Type {
  @Module({
    imports: [ServiceHostModule.register({ name: 'session-query', logLevel: config.LOG_LEVEL })],
    controllers: [BoardController, DocsController, StreamController, SessionsController],
    providers: [
      { provide: QUERY_CONFIG, useValue: config },
      RecordStore,
      QUERY_GATE,
      StreamOutlet,
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
