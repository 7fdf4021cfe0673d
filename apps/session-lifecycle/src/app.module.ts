import { Module, type Type } from '@nestjs/common';
import { ServiceHostModule } from '#libs/service-host';
import { AdminController } from './admin/admin.controller';
import { LIFECYCLE_CONFIG, type LifecycleConfig } from './config';
import { DoorFaults } from './door/door-faults';
import { DoorGate } from './door/door.gate';
import { DoorRoutes } from './door/door.routes';
import { Door } from './door/door.service';
import { LifecycleService } from './lifecycle.service';

export function appModule(config: LifecycleConfig): Type {
  @Module({
    imports: [ServiceHostModule.register({ name: 'session-lifecycle', logLevel: config.LOG_LEVEL })],
    controllers: [AdminController],
    providers: [
      { provide: LIFECYCLE_CONFIG, useValue: config },
      LifecycleService,
      DoorGate,
      DoorFaults,
      Door,
      DoorRoutes,
    ],
  })
  class AppModule {}
  return AppModule;
}
