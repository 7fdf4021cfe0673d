import { Module, type Type } from '@nestjs/common';
import { FactsModule, ServiceHostModule } from '#libs/service-host';
import { AdminModule } from './admin/admin.module';
import { AuditModule } from './audit/audit.module';
import type { LifecycleConfig } from './config';
import { ConfigModule } from './config.module';
import { DoorModule } from './door/door.module';
import { LifecycleFactsModule } from './facts/lifecycle-facts.module';
import { FanOutModule } from './fan-out/fan-out.module';
import { FreshnessModule } from './freshness/freshness.module';
import { IngestModule } from './ingest/ingest.module';
import { KafkaModule } from './kafka/kafka.module';
import { LifecycleService } from './lifecycle.service';
import { MaintenanceModule } from './maintenance/maintenance.module';
import { PreparationModule } from './preparation/preparation.module';
import { ProjectionModule } from './projection/projection.module';
import { ReadinessModule } from './readiness/readiness.module';
import { RecordModule } from './record/record.module';
import { WatchdogModule } from './watchdog/watchdog.module';

export function appModule(config: LifecycleConfig): Type {
  @Module({
    imports: [
      ServiceHostModule.register({ name: 'session-lifecycle', logLevel: config.LOG_LEVEL }),
      FactsModule.register({ service: 'session-lifecycle', redisUrl: config.REDIS_URL, tag: config.REDIS_HASH_TAG }),
      ConfigModule.register(config),
      RecordModule,
      KafkaModule,
      PreparationModule,
      ProjectionModule,
      IngestModule,
      WatchdogModule,
      FanOutModule,
      MaintenanceModule,
      AuditModule,
      FreshnessModule,
      ReadinessModule,
      LifecycleFactsModule,
      AdminModule,
      DoorModule,
    ],
    providers: [LifecycleService],
  })
  class AppModule {}
  return AppModule;
}
