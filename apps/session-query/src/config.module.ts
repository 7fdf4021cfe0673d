import { type DynamicModule, Module } from '@nestjs/common';
import { QUERY_CONFIG, type QueryConfig } from './config';

/** Gives every part the configuration. Import once, in the app's module. */
@Module({})
export class ConfigModule {
  static register(config: QueryConfig): DynamicModule {
    const provided = { provide: QUERY_CONFIG, useValue: config };
    return { module: ConfigModule, global: true, providers: [provided], exports: [QUERY_CONFIG] };
  }
}
