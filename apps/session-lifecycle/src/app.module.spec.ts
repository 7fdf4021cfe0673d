import type { Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Test, type TestingModule } from '@nestjs/testing';
import { LogBounds } from '#libs/event-log';
import { ProjectionWriter } from '#libs/live-projection';
import { ServiceHostModule } from '#libs/service-host';
import { SessionStore } from '#libs/session-store';
import { IngestAdmin } from './admin/ingest-admin';
import { AdminModule } from './admin/admin.module';
import { AuditModule } from './audit/audit.module';
import { Auditor } from './audit/auditor';
import { lifecycleConfig } from './config';
import { ConfigModule } from './config.module';
import { DoorModule } from './door/door.module';
import { DoorRoutes } from './door/door.routes';
import { FanOut } from './fan-out/fan-out';
import { FanOutModule } from './fan-out/fan-out.module';
import { Freshness } from './freshness/freshness';
import { FreshnessModule } from './freshness/freshness.module';
import { IngestModule } from './ingest/ingest.module';
import { TopicConsumers } from './ingest/topic-consumers';
import { KafkaModule } from './kafka/kafka.module';
import { Maintenance } from './maintenance/maintenance';
import { MaintenanceModule } from './maintenance/maintenance.module';
import { PreparationModule } from './preparation/preparation.module';
import { Preparation } from './preparation/preparation';
import { ProjectionKeeper } from './projection/projection.keeper';
import { ProjectionModule } from './projection/projection.module';
import { ReadinessModule } from './readiness/readiness.module';
import { ReadinessProbes } from './readiness/readiness-probes';
import { RecordModule } from './record/record.module';
import { Watchdog } from './watchdog/watchdog';
import { WatchdogModule } from './watchdog/watchdog.module';

const config = lifecycleConfig.parse({
  LOG_LEVEL: 'silent',
  KAFKA_BROKERS: '127.0.0.1:1',
  DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  REDIS_URL: 'redis://127.0.0.1:1',
});

const PARTS: [part: Type, provider: Type | typeof LogBounds][] = [
  [RecordModule, SessionStore],
  [KafkaModule, LogBounds],
  [PreparationModule, Preparation],
  [ProjectionModule, ProjectionKeeper],
  [IngestModule, TopicConsumers],
  [WatchdogModule, Watchdog],
  [FanOutModule, FanOut],
  [AuditModule, Auditor],
  [MaintenanceModule, Maintenance],
  [FreshnessModule, Freshness],
  [ReadinessModule, ReadinessProbes],
  [FreshnessModule, Freshness],
  [AdminModule, IngestAdmin],
  [DoorModule, DoorRoutes],
];

describe('each part of the service can be made alone', () => {
  it.each(PARTS.map(([part, provider]) => ({ name: part.name, part, provider })))(
    '$name',
    async ({ part, provider }) => {
      const host = ServiceHostModule.register({ name: 'session-lifecycle', logLevel: 'silent' });
      const made = await Test.createTestingModule({ imports: [host, ConfigModule.register(config), part] }).compile();
      expect(made.get(provider, { strict: false })).toBeInstanceOf(provider);
      await made.close();
      // The service closes it once all parts that write have stopped: here is none.
      if (usesRedis(made)) await made.get(ProjectionWriter, { strict: false }).close();
    },
  );
});

function usesRedis(made: TestingModule): boolean {
  return [...made.get(ModulesContainer).values()].some((one) => one.metatype === ProjectionModule);
}
