import { type CompressionTypes, type IHeaders, type Producer, Partitioners } from 'kafkajs';
import { type KafkaLog, type KafkaOptions, SHORT_PATIENCE, createKafka } from './kafka';
import { withinMs } from './time-limit';

export interface MessageToSend {
  key: string;
  value: string | Buffer;
  headers?: IHeaders;
}

/** Where a message was put. */
export interface PlacedMessage {
  partition: number;
  /** Offset within the partition. */
  offset: string;
}

export interface EventProducerOptions extends KafkaOptions {
  log?: KafkaLog;
  /** The longest that a send may take. */
  limitMs?: number;
  compression?: CompressionTypes;
}

interface Waiting {
  messages: MessageToSend[];
  resolve: (placed: PlacedMessage[]) => void;
  reject: (error: unknown) => void;
}

/** The broker takes no batch over 1 MB. */
const MAX_BATCH_BYTES = 500_000;

/**
 * Appends events to Kafka, acknowledged by all replicas. What is sent while a request of the same topic is under way
 * goes into the next one together. A send that rejects may have been appended all the same: send it again, a duplicate
 * has no effect.
 */
export class EventProducer {
  private producer: Promise<Producer> | undefined;
  private readonly partitionOf = new WeakMap<object, number>();
  private readonly waiting = new Map<string, Waiting[]>();
  private readonly draining = new Map<string, Promise<void>>();
  private closed = false;

  constructor(private readonly options: EventProducerOptions) {}

  /** Connects ahead of the first send; not needed, sends connect by themselves. Rejects when Kafka is away. */
  async connect(): Promise<void> {
    await this.bounded(this.connected());
  }

  /**
   * Resolves with the place of each message, in order, once all in-sync replicas have them. Rejects within `limitMs`
   * (default 8 s) of its request when Kafka is away, or refuses the messages.
   */
  send(topic: string, messages: MessageToSend[]): Promise<PlacedMessage[]> {
    if (this.closed) return Promise.reject(new Error('the producer is closed'));
    return new Promise((resolve, reject) => {
      this.waiting.set(topic, [...(this.waiting.get(topic) ?? []), { messages, resolve, reject }]);
      if (!this.draining.has(topic)) this.draining.set(topic, this.drain(topic));
    });
  }

  /** After what was sent is answered. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.draining.values());
    const producer = this.producer;
    this.drop();
    await producer?.then((one) => one.disconnect()).catch(() => undefined);
  }

  private async drain(topic: string): Promise<void> {
    // What is sent in the same turn goes together.
    await Promise.resolve();
    for (let batch = this.nextBatch(topic); batch.length > 0; batch = this.nextBatch(topic)) {
      await this.sendTogether(topic, batch);
    }
    this.draining.delete(topic);
  }

  private nextBatch(topic: string): Waiting[] {
    const waiting = this.waiting.get(topic) ?? [];
    let bytes = 0;
    const over = waiting.findIndex(({ messages }) => {
      bytes += messages.reduce((sum, { value }) => sum + Buffer.byteLength(value), 0);
      return bytes > MAX_BATCH_BYTES;
    });
    const batch = over < 0 ? waiting : waiting.slice(0, Math.max(over, 1));
    const rest = waiting.slice(batch.length);
    if (rest.length > 0) this.waiting.set(topic, rest);
    else this.waiting.delete(topic);
    return batch;
  }

  private async sendTogether(topic: string, batch: Waiting[]): Promise<void> {
    try {
      const placed = await this.bounded(
        this.append(
          topic,
          batch.flatMap(({ messages }) => messages),
        ),
      );
      let from = 0;
      for (const { messages, resolve } of batch) resolve(placed.slice(from, (from += messages.length)));
    } catch (error) {
      if (!isRefusedByKafka(error) || batch.length === 1) {
        for (const { reject } of batch) reject(error);
      } else {
        // One of them is refused for its own sake: its neighbours are not.
        for (const one of batch) await this.sendTogether(topic, [one]);
      }
    }
  }

  private async append(topic: string, messages: MessageToSend[]): Promise<PlacedMessage[]> {
    const producer = await this.connected();
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

  private connected(): Promise<Producer> {
    return (this.producer ??= this.connectAnew());
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

  private async bounded<T>(work: Promise<T>): Promise<T> {
    const { limitMs = 8000 } = this.options;
    try {
      return await withinMs(limitMs, `Kafka did not acknowledge within ${limitMs} ms`, work);
    } catch (error) {
      if (!isRefusedByKafka(error)) this.drop();
      throw error;
    }
  }

  /** The next send makes a new client. */
  private drop(): void {
    const dropped = this.producer;
    this.producer = undefined;
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
