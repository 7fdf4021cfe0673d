import { Module } from '@nestjs/common';
import { Metrics } from '#libs/service-host';
import { KafkaModule } from '../kafka/kafka.module';
import { ProjectionModule } from '../projection/projection.module';
import { RecordModule } from '../record/record.module';
import { ClockMetrics } from './clock-metrics';
import { IngestMetrics } from './ingest-metrics';
import { StartingPlaces } from './starting-places';
import { TopicConsumers } from './topic-consumers';
import { PausedTopics } from './paused-topics';

/** From Kafka to the record: consumers, what stops a topic, and where they begin. */
@Module({
  imports: [RecordModule, KafkaModule, ProjectionModule],
  providers: [
    { provide: IngestMetrics, useFactory: ({ registry }: Metrics) => new IngestMetrics(registry), inject: [Metrics] },
    { provide: ClockMetrics, useFactory: ({ registry }: Metrics) => new ClockMetrics(registry), inject: [Metrics] },
    PausedTopics,
    StartingPlaces,
    TopicConsumers,
  ],
  exports: [PausedTopics, TopicConsumers],
})
export class IngestModule {}
