import { type DynamicModule, Module } from '@nestjs/common';
import { GATEWAY_CONFIG, type GatewayConfig } from './config';
import { Admission } from './connect/admission';

/** Gives every part the configuration, and who may connect by it. Import once, in the app's module. */
@Module({})
export class ConfigModule {
  static register(config: GatewayConfig): DynamicModule {
    const provided = [
      { provide: GATEWAY_CONFIG, useValue: config },
      { provide: Admission, useValue: admissionOf(config) },
    ];
    return { module: ConfigModule, global: true, providers: provided, exports: provided };
  }
}

function admissionOf(config: GatewayConfig): Admission {
  const { ALLOWED_ORIGINS: origins, CONNECTIONS_PER_SECOND, CONNECTIONS_PER_ADDRESS } = config;
  const limits = { connectionsPerSecond: CONNECTIONS_PER_SECOND, connectionsPerAddress: CONNECTIONS_PER_ADDRESS };
  return new Admission({ origins, ...limits }, Date.now());
}
