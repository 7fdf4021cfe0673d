import { Module, type Type } from '@nestjs/common';
import { FactsModule, ServiceHostModule } from '#libs/service-host';
import { AccessModule } from './access/access.module';
import { AdminModule } from './admin/admin.module';
import type { QueryConfig } from './config';
import { ConfigModule } from './config.module';
import { EventsModule } from './events/events.module';
import { HttpModule } from './http/http.module';
import { LiveModule } from './live/live.module';
import { PagesModule } from './pages/pages.module';
import { RecordModule } from './record/record.module';
import { SessionsModule } from './sessions/sessions.module';
import { StreamModule } from './stream/stream.module';
import { WalkModule } from './walk/walk.module';

export function appModule(config: QueryConfig): Type {
  @Module({
    imports: [
      ServiceHostModule.register({ name: 'session-query', logLevel: config.LOG_LEVEL }),
      FactsModule.register({ service: 'session-query', redisUrl: config.REDIS_URL, tag: config.REDIS_HASH_TAG }),
      ConfigModule.register(config),
      RecordModule,
      LiveModule,
      WalkModule,
      AccessModule,
      HttpModule,
      PagesModule,
      // The stream's path would be taken for a session's id.
      StreamModule,
      SessionsModule,
      EventsModule,
      AdminModule,
    ],
  })
  class AppModule {}
  return AppModule;
}
