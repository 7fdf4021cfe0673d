import { EmitError } from '../emit/emit-error';
import type { Emitted } from '../emit/emitted';
import { Emitter } from '../emit/emitter';
import { type CloudEvent, type EventInput, topicOf } from '../emit/event';
import kafkajs, { type IHeaders, type Kafka, type Message, type Producer } from 'kafkajs';
import { refusedBeforehand } from './judge';

export interface MarqueeProducerOptions {
  /** Brokers, TLS and login are its own. */
  kafka: Kafka;
  /** Who sends: the `source` of the events that name none. */
  source?: string;
  /** What the names of the topics begin with. Default: `marquee`. */
  topicPrefix?: string;
}

interface Placed {
  event: CloudEvent;
  topic: string;
  message: Message;
}

const HEADERS: IHeaders = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };

/**
 * Sends events to Kafka: structured JSON, the subject as key, acknowledged by all in-sync replicas. What fails may have
 * been appended all the same; sent again with the same id it counts once. So kafkajs' idempotence, which does not
 * outlive a producer, is not used.
 */
export class MarqueeProducer {
  private readonly emitter: Emitter;
  private readonly prefix: string;
  private producer: Promise<Producer> | undefined;
  private readonly partitionOf = new WeakMap<object, number>();

  constructor(private readonly options: MarqueeProducerOptions) {
    this.prefix = options.topicPrefix ?? 'marquee';
    this.emitter = new Emitter(options.source, (events) => this.send(events));
  }

  /** Rejects with an `EmitError`: before anything is sent when an event is refused, else when Kafka does not take them. */
  emit(event: EventInput): Promise<Emitted>;
  emit(events: readonly EventInput[]): Promise<Emitted[]>;
  emit(given: EventInput | readonly EventInput[]): Promise<Emitted | Emitted[]> {
    return this.emitter.emit(given);
  }

  /** After the last `emit` has resolved. */
  async close(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    await producer?.then((connected) => connected.disconnect()).catch(() => undefined);
  }

  private async send(events: readonly CloudEvent[]): Promise<Emitted[]> {
    const refused = refusedBeforehand(events);
    const [first] = refused;
    if (first) {
      const details = refused.flatMap(({ index, problems }) =>
        problems.map(({ parameter, message }) => ({ parameter: `${index}.${parameter}`, message })),
      );
      const [wrong] = details;
      const failure = {
        status: 400,
        code: 'invalid_body',
        error: `${wrong?.parameter}: ${wrong?.message}`,
        details,
      } as const;
      throw new EmitError(failure, { emitted: [], unsent: events, refused });
    }
    if (events.length === 0) return [];
    try {
      return await this.append(events);
    } catch (cause) {
      // A kafkajs producer that has failed may stay so: the next emit makes another.
      void this.close();
      const failure = { status: 0, code: 'network', error: 'Kafka did not acknowledge the events', cause } as const;
      throw new EmitError(failure, { emitted: [], unsent: events, refused: [] });
    }
  }

  private async append(events: readonly CloudEvent[]): Promise<Emitted[]> {
    const placed = events.map((event): Placed => ({
      event,
      topic: `${this.prefix}.${topicOf(event.type)}`,
      message: { key: event.subject.toLowerCase(), value: JSON.stringify(event), headers: HEADERS },
    }));
    const topics = [...new Set(placed.map(({ topic }) => topic))];
    const topicMessages = topics.map((topic) => ({
      topic,
      messages: placed.filter((one) => one.topic === topic).map(({ message }) => message),
    }));
    const producer = await (this.producer ??= this.connect());
    const answers = await producer.sendBatch({ acks: -1, topicMessages });
    const next = new Map(
      answers.map((answer) => [`${answer.topicName}/${answer.partition}`, BigInt(answer.baseOffset ?? 0)]),
    );
    return placed.map(({ event, topic, message }) => {
      const partition = this.partitionOf.get(message) ?? -1;
      const place = `${topic}/${partition}`;
      const offset = next.get(place);
      if (offset === undefined) throw new Error(`Kafka told no offset of ${place}`);
      next.set(place, offset + 1n);
      return { event, topic, partition, offset: String(offset) };
    });
  }

  private async connect(): Promise<Producer> {
    const producer = this.options.kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: () => {
        const pick = kafkajs.Partitioners.DefaultPartitioner();
        return (asked) => {
          const partition = pick(asked);
          this.partitionOf.set(asked.message, partition);
          return partition;
        };
      },
    });
    await producer.connect();
    return producer;
  }
}
