import type { Cluster, Consumer, EachBatchPayload } from 'kafkajs';
import { isGroupError } from './group-error';
import { type KafkaLog, type KafkaOptions, consumerWithCluster, createKafka } from './kafka';
import { Parking, type Refused } from './parking';
import { type Passed, PassedOffsets } from './passed-offsets';
import { type Slice, type SliceLimits, slicesOf } from './slice';
import { withinMs } from './time-limit';
import { FetchReader } from './wire/fetch-reader';

export interface StartingPlace {
  partition: number;
  offset: string;
}

/** In bytes as Kafka has them, that is compressed. */
export interface FetchLimits {
  bytes: number;
  bytesPerPartition: number;
}

export interface MembershipOptions extends KafkaOptions {
  groupId: string;
  topic: string;
  /** Whether the topic is compacted. Where it is said not to be, offsets that Kafka leaves out are handed on as lost. */
  compacted?: boolean;
  /** At most 500 records of 1 MB where nothing is said. */
  slices?: SliceLimits;
  /** How much is fetched at once: a fetch is in memory as a whole, and is handled before the next one. */
  fetch?: FetchLimits;
  /** How many partitions are handled at the same time, each in its order. */
  partitionsAtOnce?: number;
  /** How long the group waits for a word of this member; at least what the broker allows (6 s by default). */
  sessionTimeoutMs?: number;
  /**
   * Takes a slice for good, or rejects; then it comes again. Who takes only the first part of it, or nothing yet, gives
   * the offset up to which it was taken: the rest comes next.
   */
  handle: (slice: Slice) => Promise<void | string>;
  /** Whether a rejection means that a dependency is away: then the consumer parks instead of crashing. */
  isOutage: (error: unknown) => boolean | Promise<boolean>;
  /** How long a partition may stand still in front of records before the consumer is made anew. */
  stuckAfterMs?: number;
  /** Resolves when what the outage spoke of is over. */
  probe: (outage: unknown) => Promise<void>;
  /**
   * Asked after every join with this member's partitions, before anything of them is handled: where to begin instead of
   * at the committed offset. An outage parks, and it is asked again.
   */
  startAt?: (partitions: number[]) => Promise<StartingPlace[]>;
  log: KafkaLog;
}

/** What a membership tells of itself; none of it may throw. */
export interface MembershipListener {
  onWord: () => void;
  onJoin: (memberId: string, partitions: number[]) => void;
  onPosition: (partition: number, nextOffset: string) => void;
  onPark: (reason: string) => void;
  onLeavePark: (parkedMs: number) => void;
  /** It is of no use any more; said once. */
  onEnd: (error: unknown) => void;
}

const HEARTBEAT_EVERY_MS = 1000;
/** A partition that is added is taken no later; kafkajs's own 5 minutes would leave starts lying there as long. */
const METADATA_AGE_MS = 10_000;
const SLICES: SliceLimits = { records: 500, bytes: 1_000_000 };
const FETCH: FetchLimits = { bytes: 15 * 1024 * 1024, bytesPerPartition: 2560 * 1024 };
const SLICE_LIMIT_MS = 60_000;
const COMMIT_LIMIT_MS = 30_000;
const GOODBYE_LIMIT_MS = 5000;

/**
 * One kafkajs consumer from its start to its end. Group errors reach kafkajs as they are; everything else that goes
 * wrong parks it or ends it here, and never escapes into kafkajs.
 */
export class Membership {
  private readonly consumer: Consumer;
  private readonly cluster: Cluster;
  private readonly parking: Parking;
  private hasEnded = false;
  private starting: Promise<void> = Promise.resolve();
  /** Counts joins: what was fetched before the last one is stale. */
  private generation = 0;
  private isPlaced = false;
  private mustRejoin = false;
  private handling = 0;
  private commitFailingSince: number | null = null;
  private readonly offsets = new PassedOffsets();

  constructor(
    private readonly options: MembershipOptions,
    private readonly listener: MembershipListener,
  ) {
    const { groupId, sessionTimeoutMs = 10_000, fetch = FETCH, log, probe } = options;
    const made = consumerWithCluster(createKafka(options, log), {
      groupId,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: 20_000,
      heartbeatInterval: HEARTBEAT_EVERY_MS,
      maxWaitTimeInMs: 200,
      // It must be enough for all partitions that are handled at once.
      maxBytes: fetch.bytes,
      maxBytesPerPartition: fetch.bytesPerPartition,
      metadataMaxAge: METADATA_AGE_MS,
      allowAutoTopicCreation: false,
      retry: { retries: 8, restartOnFailure: async () => false },
    });
    this.consumer = made.consumer;
    this.cluster = made.cluster;
    new FetchReader({ compacted: options.compacted ?? null, log }).attach(this.cluster);
    this.parking = new Parking({
      probe,
      onPark: (reason) => {
        listener.onPark(reason);
      },
      onTry: () => this.goOn(),
      onLeave: (parkedMs) => listener.onLeavePark(parkedMs),
    });
  }

  /** Whether it waits for Kafka's records, and for nothing else. */
  get isFree(): boolean {
    return !this.hasEnded && this.isPlaced && !this.parking.isHeld && this.handling === 0;
  }

  /** What was passed since the last record, and is told to nobody. */
  passedOffsets(): Passed[] {
    return this.offsets.all();
  }

  parkingStatus(now: number) {
    return this.parking.status(now);
  }

  /**
   * Joins, in its own time. `ghost`: the member id of the consumer before this one, which is signed off: else the group
   * would wait for it until its session times out.
   */
  start(ghost: string | null): Promise<void> {
    this.starting = this.join(ghost).catch((error: unknown) => this.end(error));
    return this.starting;
  }

  /** Leaves the group after the slice at hand; gives up waiting for it after a while. */
  async stop(limitMs = GOODBYE_LIMIT_MS): Promise<void> {
    this.hasEnded = true;
    // kafkajs goes on joining when it is told to leave before it has joined.
    const left = this.starting.then(() => this.consumer.disconnect());
    await withinMs(limitMs, 'the consumer did not leave in time', left).catch(() => undefined);
  }

  private async join(ghost: string | null): Promise<void> {
    const { topic } = this.options;
    this.listen();
    await this.consumer.connect();
    if (ghost !== null) await this.signOff(ghost);
    // An offset that is lost or never was must not lose data: from the beginning, the fold absorbs what it knows.
    await this.consumer.subscribe({ topics: [topic], fromBeginning: true });
    if (this.hasEnded) return;
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.options.partitionsAtOnce ?? 1,
      eachBatch: (payload) => this.take(payload),
    });
  }

  /** The ends of partitions as far as this consumer may read: the last stable offsets. */
  async readableEnds(partitions: number[]): Promise<Map<number, string>> {
    const asked = { topic: this.options.topic, fromBeginning: false, partitions: partitions.map(asPlace) };
    const answers = await this.cluster.fetchTopicsOffset([asked]);
    return new Map(answers.flatMap((one) => one.partitions.map(({ partition, offset }) => [partition, offset])));
  }

  private listen(): void {
    const { FETCH, HEARTBEAT, GROUP_JOIN, END_BATCH_PROCESS, CRASH } = this.consumer.events;
    this.consumer.on(FETCH, () => this.safely(() => this.fetched()));
    this.consumer.on(HEARTBEAT, () => this.safely(() => this.listener.onWord()));
    this.consumer.on(GROUP_JOIN, ({ payload }) => this.safely(() => this.joined(payload)));
    this.consumer.on(END_BATCH_PROCESS, ({ payload }) => this.safely(() => this.passed(payload)));
    this.consumer.on(CRASH, ({ payload }) => this.end(payload.error));
  }

  /** What throws ends this membership, not the process. */
  private safely(tell: () => void): void {
    if (this.hasEnded) return;
    try {
      tell();
    } catch (error) {
      this.end(error);
    }
  }

  private joined({ memberId, memberAssignment }: { memberId: string; memberAssignment: Record<string, number[]> }) {
    const { topic, startAt } = this.options;
    const partitions = [...(memberAssignment[topic] ?? [])].sort((a, b) => a - b);
    this.generation += 1;
    this.mustRejoin = false;
    this.offsets.clear();
    this.isPlaced = startAt === undefined || partitions.length === 0;
    this.listener.onWord();
    this.listener.onJoin(memberId, partitions);
    this.parking.forgetPartitions();
    if (this.isPlaced || !startAt) return;
    this.consumer.pause([{ topic }]);
    this.place(partitions, startAt).catch((error: unknown) => this.end(error));
  }

  private async place(partitions: number[], startAt: (partitions: number[]) => Promise<StartingPlace[]>) {
    const { generation } = this;
    const isOver = () => this.hasEnded || this.generation !== generation;
    while (!isOver()) {
      try {
        const places = await startAt(partitions);
        if (isOver()) return;
        for (const { partition, offset } of places) {
          this.consumer.seek({ topic: this.options.topic, partition, offset });
          this.offsets.handed(partition, offset);
          this.listener.onPosition(partition, offset);
        }
        this.isPlaced = true;
        this.parking.succeeded('a starting place');
        this.goOn();
        return;
      } catch (error) {
        if (isOver()) return;
        if (!(await this.options.isOutage(error))) return this.end(error);
        await this.park('a starting place', error);
      }
    }
  }

  private park(refused: Refused, outage: unknown): Promise<void> {
    // kafkajs throws when the consumer has stopped by itself meanwhile: then this membership is over.
    this.safely(() => this.consumer.pause([{ topic: this.options.topic }]));
    return this.parking.park(refused, outage, () => this.hasEnded);
  }

  private fetched(): void {
    this.listener.onWord();
    if (this.isFree) this.parking.isIdle(Date.now());
  }

  /** Fetches again when nothing holds it any more. */
  private goOn(): void {
    if (!this.isPlaced || this.parking.isHeld) return;
    this.safely(() => this.consumer.resume([{ topic: this.options.topic }]));
  }

  private async take(payload: EachBatchPayload): Promise<void> {
    const { generation } = this;
    const joins = (fetched: string) => this.offsets.joins(payload.batch.partition, fetched);
    for (const slice of slicesOf(payload.batch, this.options.slices ?? SLICES, joins)) {
      for (let rest: Slice | null = slice; rest !== null;) {
        if (!this.mayTake(payload, generation)) return;
        const reached = await this.takePart(rest, payload);
        if (reached === null) return;
        rest = restOf(rest, reached);
      }
    }
  }

  /** Gives the offset up to which a slice was taken; null when nothing more may be taken. */
  private async takePart(slice: Slice, payload: EachBatchPayload): Promise<string | null> {
    let reached: string;
    try {
      reached = await this.handleAlive(slice, payload);
    } catch (error) {
      if (isGroupError(error)) throw this.leaving(error);
      if (await this.options.isOutage(error)) void this.park(slice.partition, error);
      else this.end(error);
      return null;
    }
    if (reached !== slice.fromOffset) {
      this.parking.succeeded(slice.partition);
      const last = slice.records.findLast(({ offset }) => BigInt(offset) < BigInt(reached));
      payload.resolveOffset(last?.offset ?? payload.batch.lastOffset());
      this.offsets.handed(slice.partition, reached);
      this.listener.onPosition(slice.partition, reached);
    }
    await this.commit(payload);
    return reached;
  }

  private mayTake(payload: EachBatchPayload, generation: number): boolean {
    if (this.hasEnded || this.parking.isHeld || !this.isPlaced || this.mustRejoin) return false;
    return this.generation === generation && payload.isRunning() && !payload.isStale();
  }

  /** Handles a slice; as long as that takes, the group hears of this member. */
  private async handleAlive(slice: Slice, payload: EachBatchPayload): Promise<string> {
    let groupError: unknown;
    let reached: void | string;
    this.handling += 1;
    const beat = setInterval(() => {
      payload.heartbeat().catch((error: unknown) => {
        if (isGroupError(error)) groupError ??= error;
      });
    }, HEARTBEAT_EVERY_MS);
    try {
      const late = `a slice took more than ${SLICE_LIMIT_MS} ms`;
      reached = await withinMs(SLICE_LIMIT_MS, late, this.options.handle(slice));
    } finally {
      clearInterval(beat);
      this.handling -= 1;
    }
    if (groupError !== undefined) throw groupError;
    return reached ?? slice.nextOffset;
  }

  private async commit(payload: EachBatchPayload): Promise<void> {
    try {
      await payload.heartbeat();
      await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
      this.commitFailingSince = null;
    } catch (error) {
      if (isGroupError(error)) throw this.leaving(error);
      // The next commit carries this one; what stays uncommitted comes again and is absorbed.
      this.commitFailingSince ??= Date.now();
      if (Date.now() - this.commitFailingSince > COMMIT_LIMIT_MS) this.end(error);
    }
  }

  /** Batches that are queued still come after a rebalance is noticed: they are not for this member any more. */
  private leaving(error: unknown): unknown {
    this.mustRejoin = true;
    return error;
  }

  /** The position after a batch without records for us: only markers, or what was compacted away. */
  private passed({ topic, partition, lastOffset, batchSize }: ProcessedBatch): void {
    if (topic !== this.options.topic || batchSize !== 0) return;
    const next = String(BigInt(lastOffset) + 1n);
    this.offsets.passed(partition, next);
    this.listener.onPosition(partition, next);
  }

  private async signOff(memberId: string): Promise<void> {
    const { groupId, log } = this.options;
    try {
      const coordinator = (await this.cluster.findGroupCoordinator({ groupId })) as unknown as Coordinator;
      await coordinator.leaveGroup({ groupId, memberId });
    } catch (error) {
      log('debug', 'the consumer before this one was not known to the group', { groupId, error: String(error) });
    }
  }

  private end(error: unknown): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.listener.onEnd(error);
  }
}

type ProcessedBatch = { topic: string; partition: number; lastOffset: string; batchSize: number };
/** Of kafkajs's broker; its published type leaves it out. */
type Coordinator = { leaveGroup: (member: { groupId: string; memberId: string }) => Promise<unknown> };

/** What of a slice lies behind the offset up to which it was taken; null where that is all of it. */
function restOf(slice: Slice, reached: string): Slice | null {
  if (reached === slice.nextOffset) return null;
  const records = slice.records.filter(({ offset }) => BigInt(offset) >= BigInt(reached));
  return { ...slice, records, fromOffset: reached };
}

function asPlace(partition: number): { partition: number } {
  return { partition };
}
