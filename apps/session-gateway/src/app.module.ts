import { Module, type Type } from '@nestjs/common';
import { ServiceHostModule } from '#libs/service-host';
import { GATEWAY_CONFIG, type GatewayConfig } from './config';
import { LiveDesk } from './live-desk.service';
import { SessionsGateway } from './sessions.gateway';

export function appModule(config: GatewayConfig): Type {
  @Module({
    imports: [ServiceHostModule.register({ name: 'session-gateway', logLevel: config.LOG_LEVEL })],
    providers: [{ provide: GATEWAY_CONFIG, useValue: config }, LiveDesk, SessionsGateway],
  })
  class AppModule {}
  return AppModule;
}
