import { createHash } from 'node:crypto';
import { type Producer, Kafka, KafkaJSProtocolError, logLevel } from 'kafkajs';
import type { Intent, Journal, Topic } from '../journal';
import { type Message, partitionOf } from './event';

interface Ready {
  intent: Intent;
  message: Message;
  /** Called when the broker has taken it. */
  taken?: () => void;
}

export interface OutboxOptions {
  brokers: string;
  prefix: string;
  journal: Journal;
}

/** Larger records go alone: together they would be more than the broker takes in one request. */
const LARGE_BYTES = 100_000;
const MAX_BATCH = 400;

/** Sends in order, one batch at a time, until each is acknowledged; says in the journal what it knows. */
export class Outbox {
  private readonly producer: Producer;
  private readonly waiting: Ready[] = [];
  private readonly numbers = new WeakMap<Message, Intent>();
  private nextNumber = 0;
  private nextBatch = 0;

  constructor(private readonly options: OutboxOptions) {
    const kafka = new Kafka({
      brokers: options.brokers.split(','),
      clientId: 'torture-producer',
      logLevel: logLevel.NOTHING,
      requestTimeout: 5000,
      enforceRequestTimeout: true,
      retry: { retries: 1, initialRetryTime: 100, maxRetryTime: 1000 },
    });
    this.producer = kafka.producer({ allowAutoTopicCreation: false });
  }

  get backlog(): number {
    return this.waiting.length;
  }

  put(messages: Message[]): void {
    for (const message of messages) this.waiting.push({ message, intent: this.intentOf(message) });
  }

  /** The same; resolves when the broker has taken the last of them. */
  async putAndWait(messages: Message[]): Promise<void> {
    this.put(messages);
    const last = this.waiting.at(-1);
    if (last && messages.length > 0) await new Promise<void>((resolve) => (last.taken = resolve));
  }

  /** Sends the next batch; false when nothing waits. What is unknown is sent again; rejects if it will never be taken. */
  async send(): Promise<boolean> {
    const large = this.waiting.findIndex(({ message }) => (message.value?.length ?? 0) > LARGE_BYTES);
    const batch = this.waiting.slice(0, large < 0 ? MAX_BATCH : Math.max(1, Math.min(large, MAX_BATCH)));
    if (batch.length === 0) return false;
    const number = this.nextBatch++;
    const { journal } = this.options;
    journal.write({ line: 'intent', batch: number, at: Date.now(), intents: batch.map(({ intent }) => intent) });
    try {
      await this.producer.connect();
      const answers = await this.producer.sendBatch({ acks: -1, topicMessages: this.topicMessages(batch) });
      const offsets = answers.map(({ topicName, partition, baseOffset }) => ({
        topic: topicName.slice(this.options.prefix.length + 1) as Topic,
        partition,
        base: baseOffset ?? '-1',
      }));
      journal.write({ line: 'acknowledged', batch: number, at: Date.now(), offsets });
      for (const { taken } of this.waiting.splice(0, batch.length)) taken?.();
    } catch (error) {
      if (isRefusedForEver(error)) throw error;
      journal.write({ line: 'unknown', batch: number, at: Date.now(), error: String(error).slice(0, 200) });
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    return true;
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
  }

  private topicMessages(batch: Ready[]) {
    return (['sessions', 'viewers', 'directory'] as const)
      .map((topic) => ({
        topic: `${this.options.prefix}.${topic}`,
        messages: batch
          .filter(({ intent }) => intent.topic === topic)
          .map(({ intent, message: { key, value, headers } }) => ({
            key,
            value,
            partition: intent.partition,
            headers: { ...headers, n: String(intent.n) },
          })),
      }))
      .filter(({ messages }) => messages.length > 0);
  }

  /** A copy of a message is the same message: it has the number of the first. */
  private intentOf(message: Message): Intent {
    const known = this.numbers.get(message);
    if (known) return known;
    const { topic, meaning, value } = message;
    const digest = value && createHash('sha256').update(value).digest('base64');
    const intent: Intent = { n: this.nextNumber++, topic, partition: partitionOf(message), meaning, digest };
    this.numbers.set(message, intent);
    return intent;
  }
}

/** The broker has looked at it and does not want it: a flaw of the workload. kafkajs wraps what it has retried. */
function isRefusedForEver(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one instanceof KafkaJSProtocolError && one.type === 'INVALID_RECORD') return true;
  }
  return false;
}
