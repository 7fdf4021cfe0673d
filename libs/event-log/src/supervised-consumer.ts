import type { RawRecord } from '#libs/contracts';
import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import { type KafkaLog, type KafkaOptions, createKafka } from './kafka';

/** Records of one partition, in order. */
export interface Slice {
  topic: string;
  partition: number;
  records: SliceRecord[];
}

export interface SliceRecord extends RawRecord {
  offset: string;
}

export interface SupervisedConsumerOptions extends KafkaOptions {
  groupId: string;
  topic: string;
  sliceSize?: number;
  /** Takes a slice for good, or rejects; then it comes again. */
  handle: (slice: Slice) => Promise<void>;
  /** Whether a rejection means that a dependency is away: then the consumer parks instead of crashing. */
  isOutage: (error: unknown) => boolean;
  /** Resolves when the dependency is back. */
  probe: () => Promise<void>;
  log: KafkaLog;
}

export type ConsumerState = 'starting' | 'polling' | 'parked' | 'restarting' | 'stopped';

export interface ConsumerStatus {
  state: ConsumerState;
  /** Epoch ms of the last word from Kafka; null before the first. */
  lastPollAt: number | null;
  restarts: number;
  parkedSince: number | null;
  lastError: string | null;
}

const SILENCE_LIMIT_MS = 30_000;
const WATCH_EVERY_MS = 1000;

/**
 * One topic, one group, one client. kafkajs dies silently and for good on some errors: here every end of a consumer
 * leads to a new client and a new consumer. An outage of what the handler needs parks it: paused, membership kept,
 * nothing resolved, until the probe succeeds.
 */
export class SupervisedConsumer {
  private consumer: Consumer | undefined;
  private state: ConsumerState = 'stopped';
  private lastPollAt: number | null = null;
  private startedAt = 0;
  private restarts = 0;
  private parkedSince: number | null = null;
  private lastError: string | null = null;
  private watch: NodeJS.Timeout | undefined;
  private recycling: Promise<void> | undefined;

  constructor(private readonly options: SupervisedConsumerOptions) {}

  status(): ConsumerStatus {
    const { state, lastPollAt, restarts, parkedSince, lastError } = this;
    return { state, lastPollAt, restarts, parkedSince, lastError };
  }

  /** Begins; resolves at once, the consumer joins in its own time and for as long as it takes. */
  start(): void {
    this.state = 'starting';
    this.watch = setInterval(() => this.noticeSilence(), WATCH_EVERY_MS);
    void this.launch();
  }

  /** Leaves the group after the slice at hand. */
  async stop(): Promise<void> {
    this.state = 'stopped';
    clearInterval(this.watch);
    await this.recycling;
    await this.consumer?.disconnect().catch(() => undefined);
  }

  private async launch(): Promise<void> {
    const { groupId, topic, log } = this.options;
    const consumer = createKafka(this.options, log).consumer({
      groupId,
      sessionTimeout: 30_000,
      heartbeatInterval: 3000,
      maxWaitTimeInMs: 200,
      maxBytesPerPartition: 2 * 1024 * 1024,
      allowAutoTopicCreation: false,
      retry: { retries: 5, restartOnFailure: async () => false },
    });
    this.consumer = consumer;
    this.startedAt = Date.now();
    this.listen(consumer);
    try {
      await consumer.connect();
      // An offset that is lost or never was must not lose data: from the beginning, the fold absorbs what it knows.
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => this.takeBatch(consumer, payload),
      });
    } catch (error) {
      this.recycle(consumer, error);
    }
  }

  private listen(consumer: Consumer): void {
    const { FETCH, HEARTBEAT, GROUP_JOIN, CRASH } = consumer.events;
    const heard = () => {
      if (this.consumer !== consumer) return;
      this.lastPollAt = Date.now();
      if (this.state === 'starting' || this.state === 'restarting') this.state = 'polling';
    };
    consumer.on(FETCH, heard);
    consumer.on(HEARTBEAT, heard);
    consumer.on(GROUP_JOIN, heard);
    consumer.on(CRASH, ({ payload }) => this.recycle(consumer, payload.error));
  }

  private async takeBatch(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const { sliceSize = 500 } = this.options;
    for (let start = 0; start < batch.messages.length; start += sliceSize) {
      if (!payload.isRunning() || payload.isStale() || this.state === 'parked') return;
      const messages = batch.messages.slice(start, start + sliceSize);
      try {
        await this.options.handle({
          topic: batch.topic,
          partition: batch.partition,
          records: messages.map(sliceRecord),
        });
      } catch (error) {
        if (!this.options.isOutage(error)) throw error;
        this.park(consumer, error);
        return;
      }
      payload.resolveOffset(messages.at(-1)?.offset ?? batch.lastOffset());
      await payload.heartbeat();
      await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
    }
  }

  private park(consumer: Consumer, error: unknown): void {
    const { topic, log } = this.options;
    if (this.state === 'stopped') return;
    this.state = 'parked';
    this.parkedSince = Date.now();
    this.lastError = textOf(error);
    log('warn', 'parked: a dependency is away', { topic, error: this.lastError });
    consumer.pause([{ topic }]);
    void this.unparkWhenBack(consumer);
  }

  private async unparkWhenBack(consumer: Consumer): Promise<void> {
    const { topic, probe, log } = this.options;
    for (let tries = 0; this.consumer === consumer && this.state === 'parked'; tries++) {
      await delay(Math.min(100 * 2 ** tries, 3000) * (0.5 + Math.random()));
      try {
        await probe();
      } catch {
        continue;
      }
      if (this.consumer !== consumer || this.state !== 'parked') return;
      log('info', 'resumed: the dependency is back', { topic, parkedMs: Date.now() - (this.parkedSince ?? 0) });
      this.state = 'polling';
      this.parkedSince = null;
      consumer.resume([{ topic }]);
      return;
    }
  }

  private noticeSilence(): void {
    const { consumer } = this;
    if (!consumer || this.recycling || this.state === 'stopped') return;
    const silentMs = Date.now() - Math.max(this.lastPollAt ?? 0, this.startedAt);
    if (silentMs > SILENCE_LIMIT_MS) this.recycle(consumer, new Error(`no word from Kafka for ${silentMs} ms`));
  }

  /** Ends a consumer and, after a jittered pause, begins with a new client and a new consumer. */
  private recycle(consumer: Consumer, error: unknown): void {
    if (this.consumer !== consumer || this.recycling || this.state === 'stopped') return;
    this.state = 'restarting';
    this.parkedSince = null;
    this.restarts += 1;
    this.lastError = textOf(error);
    const pauseMs = 200 + Math.random() * Math.min(9800, 400 * this.restarts);
    this.options.log('warn', 'the consumer ended and is made anew', {
      topic: this.options.topic,
      pauseMs,
      error: this.lastError,
    });
    this.recycling = (async () => {
      await Promise.race([consumer.disconnect().catch(() => undefined), delay(5000)]);
      await delay(pauseMs);
      this.recycling = undefined;
      if (this.state !== 'stopped') void this.launch();
    })();
  }
}

function sliceRecord(message: KafkaMessage): SliceRecord {
  return {
    key: message.key,
    value: message.value,
    headers: message.headers ?? {},
    timestamp: Number(message.timestamp),
    offset: message.offset,
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
