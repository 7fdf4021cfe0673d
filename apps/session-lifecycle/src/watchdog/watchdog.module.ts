import { Module } from '@nestjs/common';
import { Metrics } from '#libs/service-host';
import { KafkaModule } from '../kafka/kafka.module';
import { ProjectionModule } from '../projection/projection.module';
import { RecordModule } from '../record/record.module';
import { Watchdog } from './watchdog';
import { WatchdogMetrics } from './watchdog-metrics';

/** Ends sessions that have been silent for too long. */
@Module({
  imports: [RecordModule, KafkaModule, ProjectionModule],
  providers: [
    {
      provide: WatchdogMetrics,
      useFactory: ({ registry }: Metrics) => new WatchdogMetrics(registry),
      inject: [Metrics],
    },
    Watchdog,
  ],
  exports: [Watchdog],
})
export class WatchdogModule {}
