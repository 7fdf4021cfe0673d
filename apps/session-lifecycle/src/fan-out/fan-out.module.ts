import { Module } from '@nestjs/common';
import { Metrics } from '#libs/service-host';
import { ProjectionModule } from '../projection/projection.module';
import { RecordModule } from '../record/record.module';
import { FanOut } from './fan-out';
import { FanOutMetrics } from './fan-out-metrics';

/** Tells open sessions of changes in the rooms, hosts and presets that they show. */
@Module({
  imports: [RecordModule, ProjectionModule],
  providers: [
    { provide: FanOutMetrics, useFactory: ({ registry }: Metrics) => new FanOutMetrics(registry), inject: [Metrics] },
    FanOut,
  ],
  exports: [FanOut],
})
export class FanOutModule {}
