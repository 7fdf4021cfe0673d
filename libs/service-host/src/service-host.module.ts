import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { LoggerModule } from 'nestjs-pino';
import { HealthController } from './health.controller';
import { logOptions } from './log/log-options';
import { Metrics } from './metrics';
import { Operations } from './operations/operations';
import { Readiness } from './readiness';
import { RefusalFilter } from './refusal.filter';

export interface HostOptions {
  name: string;
  logLevel: string;
}

/** What a process has before it has a domain: log, health, metrics, refusals. Import once, in the app's module. */
@Module({})
export class ServiceHostModule {
  static register({ name, logLevel }: HostOptions): DynamicModule {
    return {
      module: ServiceHostModule,
      global: true,
      imports: [LoggerModule.forRoot({ pinoHttp: logOptions(name, logLevel) })],
      controllers: [HealthController],
      providers: [Readiness, Metrics, Operations, { provide: APP_FILTER, useClass: RefusalFilter }],
      exports: [Readiness, Metrics, Operations],
    };
  }
}
