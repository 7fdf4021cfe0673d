import { Module, type Type } from '@nestjs/common';
import { FactsModule, ServiceHostModule } from '#libs/service-host';
import { Admission } from './connect/admission';
import { GATEWAY_CONFIG, type GatewayConfig } from './config';
import { GatewayFactsTeller } from './push/gateway-facts.teller';
import { GatewayMetrics } from './push/gateway.metrics';
import { LiveDesk } from './push/live-desk.service';
import { SessionsGateway } from './requests/sessions.gateway';

export function appModule(config: GatewayConfig): Type {
  const admission = new Admission(
    {
      origins: config.ALLOWED_ORIGINS,
      connectionsPerSecond: config.CONNECTIONS_PER_SECOND,
      connectionsPerAddress: config.CONNECTIONS_PER_ADDRESS,
    },
    Date.now(),
  );

  @Module({
    imports: [
      ServiceHostModule.register({ name: 'session-gateway', logLevel: config.LOG_LEVEL }),
      FactsModule.register({ service: 'session-gateway', redisUrl: config.REDIS_URL, tag: config.REDIS_HASH_TAG }),
    ],
    providers: [
      { provide: GATEWAY_CONFIG, useValue: config },
      { provide: Admission, useValue: admission },
      GatewayMetrics,
      LiveDesk,
      GatewayFactsTeller,
      SessionsGateway,
    ],
  })
  class AppModule {}
  return AppModule;
}
