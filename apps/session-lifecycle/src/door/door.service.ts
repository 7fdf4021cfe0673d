import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import type { AcceptedEvent, TopicName } from '#libs/contracts';
import { EventProducer, QueueFull, isRefusedByKafka } from '#libs/event-log';
import { Metrics, Refusal } from '#libs/service-host';
import { PinoLogger } from 'nestjs-pino';
import { Counter, Gauge } from 'prom-client';
import { LIFECYCLE_CONFIG, type LifecycleConfig, kafkaOptions } from '../config';
import { TopicNames } from '../kafka/topic-names';
import type { SendableEvent } from './judge-events';

const HEADERS = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };

/** Sends events to Kafka for those who have only HTTP. */
@Injectable()
export class Door implements BeforeApplicationShutdown {
  private readonly producer: EventProducer;
  private readonly events: Counter;

  constructor(
    @Inject(LIFECYCLE_CONFIG) config: LifecycleConfig,
    private readonly names: TopicNames,
    metrics: Metrics,
    private readonly log: PinoLogger,
  ) {
    this.producer = new EventProducer({
      ...kafkaOptions(config),
      clientId: 'session-lifecycle door',
      queue: { bytes: config.DOOR_QUEUE_BYTES },
    });
    this.events = new Counter({
      name: 'marquee_door_events_total',
      help: 'Events of POST /events that passed the rules, by what became of them',
      labelNames: ['outcome'],
      registers: [metrics.registry],
    });
    this.watchQueue(metrics);
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
    try {
      const accepted = await Promise.all([...byTopic(events)].map(([name, some]) => this.sendTo(name, some)));
      this.events.inc({ outcome: 'accepted' }, events.length);
      return accepted.flat().sort((a, b) => a.index - b.index);
    } catch (error) {
      const isRefused = error instanceof QueueFull;
      this.events.inc({ outcome: isRefused ? 'refused' : 'unsent' }, events.length);
      this.log.warn({ err: error, events: events.length }, 'Kafka did not take what came by the door');
      throw isRefusedByKafka(error) ? tooLarge() : isRefused ? overloaded() : unavailable();
    }
  }

  private async sendTo(name: TopicName, events: readonly IndexedEvent[]): Promise<AcceptedEvent[]> {
    const topic = this.names.nameOf(name);
    const messages = events.map(({ event: { subject, value } }) => ({ key: subject, value, headers: HEADERS }));
    const placed = await this.producer.send(topic, messages);
    return events.map(({ event: { id, source }, index }, at) => {
      const place = placed[at];
      if (!place) throw new Error(`the producer gave no place of event ${index}`);
      return { index, id, source, topic, ...place };
    });
  }

  private watchQueue({ registry }: Metrics): void {
    const { producer } = this;
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(value());
        },
      });
    gauge('marquee_door_queued_events', 'Events of POST /events that Kafka has not acknowledged yet', () => {
      return producer.depth.messages;
    });
    gauge('marquee_door_queued_bytes', 'Bytes of the events that Kafka has not acknowledged yet', () => {
      return producer.depth.bytes;
    });
    gauge('marquee_door_queue_age_seconds', 'How long the oldest event has been waiting for Kafka', () => {
      const { oldestAt } = producer.depth;
      return oldestAt === null ? 0 : (Date.now() - oldestAt) / 1000;
    });
  }
}

interface IndexedEvent {
  event: SendableEvent;
  /** Its place in the request. */
  index: number;
}

function byTopic(events: readonly SendableEvent[]): Map<TopicName, IndexedEvent[]> {
  const topics = new Map<TopicName, IndexedEvent[]>();
  for (const [index, event] of events.entries()) {
    const some = topics.get(event.topic);
    if (some) some.push({ event, index });
    else topics.set(event.topic, [{ event, index }]);
  }
  return topics;
}

function overloaded(): Refusal {
  return new Refusal(503, 'unavailable', 'too much waits for Kafka already; send all of it again in a moment');
}

function unavailable(): Refusal {
  return new Refusal(503, 'unavailable', 'Kafka cannot be reached now; send all of it again in a moment');
}

function tooLarge(): Refusal {
  return new Refusal(413, 'payload_too_large', 'Kafka takes no event of this size');
}
