import { type DynamicModule, Module } from '@nestjs/common';
import { ServiceHostModule } from '#libs/service-host';
import { LIFECYCLE_CONFIG, type LifecycleConfig } from './config';
import { LifecycleService } from './lifecycle.service';

@Module({})
export class AppModule {
  static with(config: LifecycleConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [ServiceHostModule.register({ name: 'session-lifecycle', logLevel: config.LOG_LEVEL })],
      providers: [{ provide: LIFECYCLE_CONFIG, useValue: config }, LifecycleService],
    };
  }
}
