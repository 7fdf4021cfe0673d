import { type CompressionTypes, type Producer, Partitioners } from 'kafkajs';
import { type KafkaLog, type KafkaOptions, SHORT_PATIENCE, createKafka } from './kafka';
import {
  type MessageToSend,
  type Piece,
  type PlacedMessage,
  type QueueLimits,
  type Send,
  SendQueue,
} from './send-queue';
import { withinMs } from './time-limit';

export interface EventProducerOptions extends KafkaOptions {
  log?: KafkaLog;
  /** The longest that a send may take, from its call. */
  limitMs?: number;
  /** What may wait for Kafka, of all topics together. */
  queue?: Partial<QueueLimits>;
  compression?: CompressionTypes;
}

/** The broker takes no batch over 1 MB. */
const QUEUE: QueueLimits = { bytes: 64_000_000, messages: 100_000, batchBytes: 500_000 };
const LIMIT_MS = 8000;

/**
 * Appends events to Kafka, acknowledged by all replicas. What is sent while a request of the same topic is under way
 * goes into the next one together; a topic that is slow holds up no other. A send that rejects may have been appended
 * all the same: send it again, a duplicate has no effect.
 */
export class EventProducer {
  /** A connection for each topic: Kafka answers the requests of one connection in their order. */
  private readonly clients = new Map<string, Promise<Producer>>();
  private readonly partitionOf = new WeakMap<object, number>();
  private readonly queue: SendQueue;
  private readonly draining = new Map<string, Promise<void>>();
  private readonly limitMs: number;
  private closed = false;

  constructor(private readonly options: EventProducerOptions) {
    this.queue = new SendQueue({ ...QUEUE, ...options.queue });
    this.limitMs = options.limitMs ?? LIMIT_MS;
  }

  /** What is waiting or under way; `oldestAt` in epoch ms, null: there is nothing. */
  get depth(): SendQueue['depth'] {
    return this.queue.depth;
  }

  /** Connects ahead of the first send to a topic; not needed, sends connect by themselves. Rejects when Kafka is away. */
  async connect(topic = ''): Promise<void> {
    await this.bounded(topic, this.limitMs, this.connected(topic));
  }

  /**
   * Resolves with the place of each message, in order, once all in-sync replicas have them. Rejects within `limitMs`
   * (default 8 s) of this call when Kafka is away or slow, or refuses the messages; at once with a QueueFull when too
   * much waits already.
   */
  send(topic: string, messages: readonly MessageToSend[]): Promise<PlacedMessage[]> {
    if (this.closed) return Promise.reject(new Error('the producer is closed'));
    if (messages.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      const send = this.queue.add(topic, messages, (result) => {
        clearTimeout(timer);
        if (result instanceof Error) reject(result);
        else resolve(result);
      });
      const timer = setTimeout(() => send.end(new Error(this.lateness())), this.limitMs);
      if (!this.draining.has(topic)) this.draining.set(topic, this.drain(topic));
    });
  }

  /** After what was sent is answered. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.draining.values());
    const clients = [...this.clients.values()];
    this.clients.clear();
    await Promise.all(clients.map((client) => client.then((one) => one.disconnect()).catch(() => undefined)));
  }

  private async drain(topic: string): Promise<void> {
    // What is sent in the same turn goes together.
    await Promise.resolve();
    for (let batch = this.queue.next(topic); batch.length > 0; batch = this.queue.next(topic)) {
      await this.sendTogether(topic, batch);
    }
    this.draining.delete(topic);
  }

  private async sendTogether(topic: string, batch: readonly Piece[]): Promise<void> {
    const now = Date.now();
    // A timer may be late: what is past its time is not sent all the same.
    for (const { send } of batch) if (this.leftMs(send, now) <= 0) send.end(new Error(this.lateness()));
    const pieces = batch.filter(({ send }) => !send.isOver);
    if (pieces.length === 0) return;
    // Nobody waits for it longer than its youngest.
    const leftMs = Math.max(...pieces.map(({ send }) => this.leftMs(send, now)));
    try {
      const messages = pieces.flatMap((piece) => piece.messages);
      const placed = await this.bounded(topic, leftMs, this.append(topic, messages));
      let from = 0;
      for (const piece of pieces) piece.send.put(placed.slice(from, (from += piece.messages.length)));
    } catch (error) {
      if (!isRefusedByKafka(error) || pieces.length === 1) {
        for (const { send } of pieces) send.end(error instanceof Error ? error : new Error(String(error)));
      } else {
        // One of them is refused for its own sake: its neighbours are not.
        for (const one of pieces) await this.sendTogether(topic, [one]);
      }
    }
  }

  private async append(topic: string, messages: MessageToSend[]): Promise<PlacedMessage[]> {
    const producer = await this.connected(topic);
    const sent = messages.map((message) => ({ ...message }));
    const { compression } = this.options;
    const answers = await producer.send({ topic, acks: -1, messages: sent, ...(compression && { compression }) });
    const next = new Map(answers.map(({ partition, baseOffset }) => [partition, BigInt(baseOffset ?? 0)]));
    return sent.map((message) => {
      const partition = this.partitionOf.get(message) ?? -1;
      const offset = next.get(partition);
      if (offset === undefined) throw new Error(`Kafka told no offset of partition ${partition}`);
      next.set(partition, offset + 1n);
      return { partition, offset: String(offset) };
    });
  }

  private connected(topic: string): Promise<Producer> {
    const client = this.clients.get(topic) ?? this.connectAnew();
    this.clients.set(topic, client);
    return client;
  }

  private async connectAnew(): Promise<Producer> {
    const producer = createKafka(this.options, this.options.log, SHORT_PATIENCE).producer({
      allowAutoTopicCreation: false,
      createPartitioner: () => {
        const pick = Partitioners.DefaultPartitioner();
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

  private async bounded<T>(topic: string, leftMs: number, work: Promise<T>): Promise<T> {
    try {
      return await withinMs(leftMs, this.lateness(), work);
    } catch (error) {
      if (!isRefusedByKafka(error)) this.drop(topic);
      throw error;
    }
  }

  private leftMs({ startedAt }: Send, now: number): number {
    return startedAt + this.limitMs - now;
  }

  private lateness(): string {
    return `Kafka did not acknowledge within ${this.limitMs} ms`;
  }

  /** The next send makes a new client. */
  private drop(topic: string): void {
    const dropped = this.clients.get(topic);
    this.clients.delete(topic);
    void dropped?.then((producer) => producer.disconnect()).catch(() => undefined);
  }
}

const REFUSALS = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'CORRUPT_MESSAGE']);

/** Whether Kafka is there and does not take these messages. */
export function isRefusedByKafka(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { type } = error as { type?: unknown };
  return (typeof type === 'string' && REFUSALS.has(type)) || isRefusedByKafka(error.cause);
}
