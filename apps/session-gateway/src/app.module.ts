import { Module, type Type } from '@nestjs/common';
import { FactsModule, ServiceHostModule } from '#libs/service-host';
import type { GatewayConfig } from './config';
import { ConfigModule } from './config.module';
import { PushModule } from './push/push.module';
import { RequestsModule } from './requests/requests.module';

export function appModule(config: GatewayConfig): Type {
  @Module({
    imports: [
      ServiceHostModule.register({ name: 'session-gateway', logLevel: config.LOG_LEVEL }),
      FactsModule.register({ service: 'session-gateway', redisUrl: config.REDIS_URL, tag: config.REDIS_HASH_TAG }),
      ConfigModule.register(config),
      PushModule,
      RequestsModule,
    ],
  })
  class AppModule {}
  return AppModule;
}
