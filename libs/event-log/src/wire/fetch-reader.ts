import { setTimeout as wait } from 'node:timers/promises';
import type { Cluster } from 'kafkajs';
import type { KafkaLog } from '../kafka-log';
import { type AskForOffset, type Finding, examine } from './damaged-place';
import type { FetchAnswer, PartitionAnswer } from './fetch-answer';
import type { FetchedMessage } from './fetched-message';
import { type Place, asLoss, lostPartition } from './lost-place';
import { type Damage, readRecordSet } from './record-set';

/** As kafkajs's broker is asked. */
export interface FetchAsked {
  maxWaitTime: number;
  topics: { topic: string; partitions: PartitionAsked[] }[];
}

interface PartitionAsked {
  partition: number;
  fetchOffset: string;
  maxBytes: number;
}

export type Fetch = (asked: FetchAsked) => Promise<FetchAnswer>;

type ReadPartition = Omit<PartitionAnswer, 'recordSet'> & { messages: FetchedMessage[] };

export interface ReadAnswer extends Omit<FetchAnswer, 'responses'> {
  responses: { topicName: string; partitions: ReadPartition[] }[];
}

export interface FetchReaderOptions {
  /** Whether keys are compacted in the topic, so that offsets may be missing; null: not known. */
  compacted: boolean | null;
  log: KafkaLog;
  pausesMs?: readonly number[];
}

/**
 * Stands between kafkajs and its brokers, and reads what they answer. A place that cannot be read is examined while the
 * other partitions go on; what is lost there is handed over as one record. kafkajs does not ask for it meanwhile.
 */
export class FetchReader {
  /** By topic and partition: as many as this member has. */
  private readonly places = new Map<string, Place>();

  constructor(private readonly options: FetchReaderOptions) {}

  /** Reads all fetches of a cluster's brokers from now on. */
  attach(cluster: Cluster): void {
    const find = cluster.findBroker.bind(cluster);
    cluster.findBroker = async (node) => {
      const broker = await find(node);
      readers.set(broker, this);
      return broker;
    };
  }

  async fetch(asked: FetchAsked, fetch: Fetch): Promise<ReadAnswer> {
    const lost = this.lostOf(asked);
    if (lost.length > 0) return answerOf(lost);
    const topics = this.open(asked);
    if (topics.length === 0) {
      await wait(asked.maxWaitTime);
      return answerOf([]);
    }
    const answer = await fetch({ ...asked, topics });
    const responses = answer.responses.map(({ topicName, partitions }) => ({
      topicName,
      partitions: partitions.flatMap((one) => {
        const partition = partitionOf(topics, topicName, one.partition);
        return partition ? [this.read(one, { topic: topicName, partition, asked, fetch })] : [];
      }),
    }));
    return { ...answer, responses };
  }

  private read(
    answer: PartitionAnswer,
    from: { topic: string; partition: PartitionAsked; asked: FetchAsked; fetch: Fetch },
  ): ReadPartition {
    const { recordSet, ...rest } = answer;
    // A broker from before Kafka 2.3 was answered for by kafkajs's own decoder.
    if ((recordSet as Buffer | undefined) === undefined) return rest as ReadPartition;
    const { topic, partition } = from;
    const now = Date.now();
    const { finding } = this.places.get(placeOf(topic, partition)) ?? {};
    const { messages, damage } = readRecordSet(recordSet, {
      from: BigInt(partition.fetchOffset),
      end: BigInt(answer.highWatermark),
      now,
      mayHaveHoles: this.options.compacted !== false,
      trusted: finding?.kind === 'confirmed' ? finding.base : undefined,
    });
    if (damage && messages.length === 0) this.begin(damage, answer, from);
    return { ...rest, messages };
  }

  private begin(
    { why }: Damage,
    answer: PartitionAnswer,
    { topic, partition, asked, fetch }: { topic: string; partition: PartitionAsked; asked: FetchAsked; fetch: Fetch },
  ): void {
    const place: Place = { offset: partition.fetchOffset, finding: null, answer };
    const key = placeOf(topic, partition);
    this.places.set(key, place);
    const { log, compacted, pausesMs } = this.options;
    const fields = { topic, partition: partition.partition, offset: place.offset };
    log('warn', 'what Kafka gave cannot be read, and is asked for again', { ...fields, why });
    const ask = askFor(topic, partition, asked, fetch);
    const read = { mayHaveHoles: compacted !== false, now: Date.now() };
    examine({ from: BigInt(place.offset), ask, read, ...(pausesMs && { pausesMs }) })
      .then((finding) => this.found(key, place, finding, fields))
      .catch((error: unknown) => {
        // It is noticed again as soon as Kafka answers.
        if (this.places.get(key) === place) this.places.delete(key);
        log('debug', 'what cannot be read was not examined to the end', { ...fields, error: String(error) });
      });
  }

  private found(key: string, place: Place, finding: Finding, fields: object): void {
    if (this.places.get(key) !== place) return;
    if (finding.kind === 'healed') this.places.delete(key);
    else place.finding = this.options.compacted === false ? asLoss(place, finding) : finding;
    const { finding: kept } = place;
    if (kept?.kind !== 'lost') return;
    const { to, why } = kept;
    this.options.log('error', 'offsets cannot be read and are handed on as lost', { ...fields, to: String(to), why });
  }

  /** What is lost at the places that are asked for; forgets places that nobody asks for any more. */
  private lostOf({ topics }: FetchAsked): { topicName: string; partitions: ReadPartition[] }[] {
    return topics.flatMap(({ topic, partitions }) => {
      const found = partitions.flatMap((partition) => {
        const key = placeOf(topic, partition);
        const place = this.places.get(key);
        if (place && place.offset !== partition.fetchOffset) this.leave(key, place, partition);
        const { finding } = this.places.get(key) ?? {};
        return place && finding?.kind === 'lost' ? [lostPartition(place, finding)] : [];
      });
      return found.length === 0 ? [] : [{ topicName: topic, partitions: found }];
    });
  }

  /** Behind what is lost, a base offset may have to be believed. */
  private leave(key: string, { finding, answer }: Place, { fetchOffset }: PartitionAsked): void {
    this.places.delete(key);
    if (finding?.kind !== 'lost' || finding.next === null || String(finding.next) !== fetchOffset) return;
    this.places.set(key, { offset: fetchOffset, answer, finding: { kind: 'confirmed', base: finding.next } });
  }

  private open({ topics }: FetchAsked): FetchAsked['topics'] {
    return topics.flatMap(({ topic, partitions }) => {
      const open = partitions.filter((partition) => this.places.get(placeOf(topic, partition))?.finding !== null);
      return open.length === 0 ? [] : [{ topic, partitions: open }];
    });
  }
}

function askFor(topic: string, partition: PartitionAsked, asked: FetchAsked, fetch: Fetch): AskForOffset {
  return async (offset) => {
    const partitions = [{ ...partition, fetchOffset: String(offset) }];
    const { responses } = await fetch({ ...asked, topics: [{ topic, partitions }] });
    const answer = responses
      .find(({ topicName }) => topicName === topic)
      ?.partitions.find((one) => one.partition === partition.partition);
    if (!answer) throw new Error(`Kafka did not answer for partition ${partition.partition} of ${topic}`);
    return { set: answer.recordSet, end: BigInt(answer.highWatermark) };
  };
}

/** Who reads what a broker answers; a plain consumer's brokers have a reader each. */
export function readerOf(broker: object): FetchReader {
  const reader = readers.get(broker) ?? new FetchReader({ compacted: null, log: () => undefined });
  readers.set(broker, reader);
  return reader;
}

const readers = new WeakMap<object, FetchReader>();

function partitionOf(topics: FetchAsked['topics'], topic: string, partition: number): PartitionAsked | undefined {
  return topics.find((one) => one.topic === topic)?.partitions.find((one) => one.partition === partition);
}

function placeOf(topic: string, { partition }: PartitionAsked): string {
  return `${topic}/${partition}`;
}

function answerOf(responses: ReadAnswer['responses']): ReadAnswer {
  return { throttleTime: 0, clientSideThrottleTime: 0, errorCode: 0, sessionId: 0, responses };
}
