import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import type { AcceptedEvent } from '#libs/contracts';
import { EventProducer, type PlacedMessage, isRefusedByKafka, topicName } from '#libs/event-log';
import { Metrics, Refusal } from '#libs/service-host';
import { PinoLogger } from 'nestjs-pino';
import { Counter } from 'prom-client';
import { LIFECYCLE_CONFIG, type LifecycleConfig, kafkaOptions } from '../config';
import type { SendableEvent } from './judge-events';

/** Of all requests together; beyond it they are told to come again, rather than kept while Kafka is away. */
const MAX_BYTES_UNDER_WAY = 64_000_000;
const HEADERS = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };

/** Sends events to Kafka for those who have only HTTP. */
@Injectable()
export class Door implements BeforeApplicationShutdown {
  private readonly producer: EventProducer;
  private readonly events: Counter;
  private bytesUnderWay = 0;

  constructor(
    @Inject(LIFECYCLE_CONFIG) private readonly config: LifecycleConfig,
    metrics: Metrics,
    private readonly log: PinoLogger,
  ) {
    this.producer = new EventProducer({ ...kafkaOptions(config), clientId: 'session-lifecycle door' });
    this.events = new Counter({
      name: 'marquee_door_events_total',
      help: 'Events of POST /events that passed the rules, by what became of them',
      labelNames: ['outcome'],
      registers: [metrics.registry],
    });
  }

  /** While the server still answers: who is under way is told how it ended. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.producer.close();
  }

  /**
   * Resolves once all in-sync replicas have every event. Rejects with a Refusal (503, 413); some may be there all the
   * same, and sending them again changes nothing.
   */
  async send(events: readonly SendableEvent[]): Promise<AcceptedEvent[]> {
    const bytes = events.reduce((sum, { value }) => sum + value.length, 0);
    if (this.bytesUnderWay + bytes > MAX_BYTES_UNDER_WAY) throw unavailable();
    this.bytesUnderWay += bytes;
    try {
      const accepted = await Promise.all(events.map((event, index) => this.sendOne(event, index)));
      this.events.inc({ outcome: 'accepted' }, accepted.length);
      return accepted;
    } catch (error) {
      this.events.inc({ outcome: 'unsent' }, events.length);
      this.log.warn({ err: error, events: events.length }, 'Kafka did not take what came by the door');
      throw isRefusedByKafka(error) ? tooLarge() : unavailable();
    } finally {
      this.bytesUnderWay -= bytes;
    }
  }

  private async sendOne({ id, source, topic: name, subject, value }: SendableEvent, index: number) {
    const topic = topicName(this.config.KAFKA_TOPIC_PREFIX, name);
    const [placed] = await this.producer.send(topic, [{ key: subject, value, headers: HEADERS }]);
    return { index, id, source, topic, ...placeOf(placed) };
  }
}

function placeOf(placed: PlacedMessage | undefined): PlacedMessage {
  if (placed) return placed;
  throw new Error('the producer gave no place');
}

function unavailable(): Refusal {
  return new Refusal(503, 'unavailable', 'Kafka cannot be reached now; send all of it again in a moment');
}

function tooLarge(): Refusal {
  return new Refusal(413, 'payload_too_large', 'Kafka takes no event of this size');
}
