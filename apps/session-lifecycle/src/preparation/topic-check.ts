import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { topicSettings } from '#libs/event-log';
import { Readiness, describeError } from '#libs/service-host';
import { PinoLogger } from 'nestjs-pino';
import { LIFECYCLE_CONFIG, type LifecycleConfig, kafkaOptions } from '../config';
import { TopicNames } from '../kafka/topic-names';
import { type WantedOfTopics, wrongSettings } from './wrong-settings';

/**
 * Looks at start whether the topics are kept as this service counts on. What is wrong stands in the log and in the details
 * of readiness; it makes nobody unready: the service does what it can with the topics that there are.
 */
@Injectable()
export class TopicCheck implements OnApplicationBootstrap {
  private found: Record<string, string[]> = {};

  constructor(
    @Inject(LIFECYCLE_CONFIG) private readonly config: LifecycleConfig,
    private readonly names: TopicNames,
    private readonly readiness: Readiness,
    private readonly log: PinoLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.readiness.add('topics', async () => ({ wrong: this.found }));
  }

  /** Never rejects. */
  async run(): Promise<void> {
    try {
      const settings = await topicSettings(kafkaOptions(this.config), this.names.all());
      const wrong = settings.map((one): [string, string[]] => {
        const name = this.names.topicOf(one.topic);
        return [one.topic, name ? wrongSettings(name, one, this.wanted()) : []];
      });
      this.found = Object.fromEntries(wrong.filter(([, sentences]) => sentences.length > 0));
    } catch (error) {
      this.found = { '(all)': [`how they are kept could not be read: ${describeError(error)}`] };
    }
    for (const [topic, wrong] of Object.entries(this.found)) {
      this.log.warn({ topic, wrong }, 'a topic is not kept as it should be');
    }
  }

  private wanted(): WantedOfTopics {
    const { SURVIVED_OUTAGE_HOURS: hours, DELETED_KEEP_DAYS: days } = this.config;
    return { outageMs: hours * 3_600_000, knownMs: days === null ? Infinity : days * 86_400_000 };
  }
}
