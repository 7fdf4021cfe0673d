import { randomUUID } from 'node:crypto';
import { Kafka, type Producer, logLevel } from 'kafkajs';
import type { Marquee } from './marquee';

type TopicName = 'sessions' | 'viewers' | 'directory';

/** An event as another team would write it: plain JSON, nothing of Marquee's code. */
export function event(type: string, subject: string, data?: object, attributes: object = {}): object {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: '/somebody/else',
    type,
    subject,
    time: new Date().toISOString(),
    ...(data && { data }),
    ...attributes,
  };
}

/** Somebody else's service: speaks Kafka and the published contract, and waits for the broker's word. */
export class ForeignProducer {
  private readonly producer: Producer;

  constructor(private readonly marquee: Marquee) {
    const kafka = new Kafka({ brokers: marquee.on.kafkaBrokers.split(','), logLevel: logLevel.NOTHING });
    this.producer = kafka.producer({ allowAutoTopicCreation: false });
  }

  async connect(): Promise<void> {
    await this.producer.connect();
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
  }

  /** Sends the events of one session, or of one entity, in this order. */
  async send(topic: TopicName, ...events: object[]): Promise<void> {
    const messages = events.map((sent) => ({ key: keyOf(sent), value: JSON.stringify(sent) }));
    await this.producer.send({ topic: this.marquee.topic(topic), acks: -1, messages });
  }

  /** Sends bytes that may be anything. */
  async sendRaw(topic: TopicName, key: string | null, value: Buffer | null): Promise<void> {
    await this.producer.send({ topic: this.marquee.topic(topic), acks: -1, messages: [{ key, value }] });
  }
}

function keyOf(sent: object): string | null {
  return 'subject' in sent && typeof sent.subject === 'string' ? sent.subject : null;
}
