import { type DynamicModule, Module } from '@nestjs/common';
import { LIFECYCLE_CONFIG, type LifecycleConfig } from './config';

/** Gives every part the configuration. Import once, in the app's module. */
@Module({})
export class ConfigModule {
  static register(config: LifecycleConfig): DynamicModule {
    const provided = { provide: LIFECYCLE_CONFIG, useValue: config };
    return { module: ConfigModule, global: true, providers: [provided], exports: [LIFECYCLE_CONFIG] };
  }
}
