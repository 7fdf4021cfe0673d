import { Module, type Type } from '@nestjs/common';
import { ServiceHostModule } from '#libs/service-host';
import type { GatewayConfig } from './config';
import { ConfigModule } from './config.module';
import { PushModule } from './push/push.module';
import { RequestsModule } from './requests/requests.module';

export function appModule(config: GatewayConfig): Type {
  @Module({
    imports: [
      ServiceHostModule.register({ name: 'session-gateway', logLevel: config.LOG_LEVEL }),
      ConfigModule.register(config),
      PushModule,
      RequestsModule,
    ],
  })
  class AppModule {}
  return AppModule;
}
