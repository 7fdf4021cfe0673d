import { Module } from '@nestjs/common';
import { LogBounds } from '#libs/event-log';
import { LIFECYCLE_CONFIG, type LifecycleConfig, kafkaOptions } from '../config';
import { TopicNames } from './topic-names';

/** What several parts ask of Kafka: the topics' names, and how far their partitions go. */
@Module({
  providers: [
    TopicNames,
    {
      provide: LogBounds,
      useFactory: (config: LifecycleConfig) => new LogBounds(kafkaOptions(config)),
      inject: [LIFECYCLE_CONFIG],
    },
  ],
  exports: [TopicNames, LogBounds],
})
export class KafkaModule {}
