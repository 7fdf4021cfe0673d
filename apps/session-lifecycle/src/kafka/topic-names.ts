import { Inject, Injectable } from '@nestjs/common';
import { TOPICS, type TopicName } from '#libs/contracts';
import { topicName } from '#libs/event-log';
import { LIFECYCLE_CONFIG, type LifecycleConfig } from '../config';

const TOPIC_NAMES = Object.keys(TOPICS) as TopicName[];

/** What the topics of this service are called on Kafka, and the groups that read them. */
@Injectable()
export class TopicNames {
  private readonly prefix: string;

  constructor(@Inject(LIFECYCLE_CONFIG) config: Pick<LifecycleConfig, 'KAFKA_TOPIC_PREFIX'>) {
    this.prefix = config.KAFKA_TOPIC_PREFIX;
  }

  all(): string[] {
    return TOPIC_NAMES.map((topic) => this.nameOf(topic));
  }

  nameOf(topic: TopicName): string {
    return topicName(this.prefix, topic);
  }

  groupOf(topic: TopicName): string {
    return `${this.prefix}.lifecycle.${topic}`;
  }

  /** undefined: this service has no topic of that name. */
  topicOf(name: string): TopicName | undefined {
    return TOPIC_NAMES.find((topic) => this.nameOf(topic) === name);
  }
}
