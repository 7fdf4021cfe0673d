import { Inject, Injectable } from '@nestjs/common';
import type { TopicName } from '#libs/contracts';
import { type SliceRecord, recordsOfBatch } from '#libs/event-log';
import { describeError } from '#libs/service-host';
import {
  type Bad,
  IdentityConflict,
  Quarantine,
  type QuarantineRow,
  SessionStore,
  type SliceEvidence,
  failureKind,
  recordOf,
} from '#libs/session-store';
import { LIFECYCLE_CONFIG, type LifecycleConfig, horizonMsOf } from '../config';
import { type GoodEvent, type ReadSlice, badOf, readSlice } from '../ingest/read-slice';
import { recordSlice } from '../ingest/record-slice';
import { TopicNames } from '../kafka/topic-names';
import { Teller } from '../projection/teller';

type Reason = Pick<Bad, 'reason' | 'error'>;
type From = ReadSlice<TopicName>['from'];

/** The record is as bad as before. */
class StillBad extends Error {
  constructor(readonly bad: Reason) {
    super(bad.error);
  }
}

/** How many records of a batch are taken in one transaction. */
const AT_ONCE = 500;

/** Takes what lies in quarantine the way every record goes: by the same reading, the same transaction. */
@Injectable()
export class Replay {
  constructor(
    @Inject(LIFECYCLE_CONFIG) private readonly config: Pick<LifecycleConfig, 'EVENT_HORIZON_DAYS'>,
    private readonly names: TopicNames,
    private readonly store: SessionStore,
    private readonly quarantine: Quarantine,
    private readonly teller: Teller,
  ) {}

  /**
   * Takes a row of the quarantine. Gives why it still cannot be taken, null when it was. Of a batch that can be read by
   * now each good record is taken, each bad one gets a row of its own. The fold commutes: a replay at any later time, or a
   * second one, ends in the same state.
   */
  async run(row: QuarantineRow): Promise<Reason | null> {
    try {
      if (row.kind === 'record') await this.takeRecord(row);
      else await this.takeBatch(row);
    } catch (error) {
      if (failureKind(error) !== 'of-a-message') throw error;
      const bad = reasonOf(error);
      await this.quarantine.stillBad(row.id, bad);
      return bad;
    }
    await this.quarantine.replayed(row.id);
    return null;
  }

  /** Takes records whose progress is known: the good, and the bad into quarantine, unless they are there. Gives the bad. */
  async takeAgain(topic: TopicName, from: From, records: SliceRecord[], horizonMs: number): Promise<Reason[]> {
    try {
      const read = await this.withoutLeft(topic, readSlice(topic, sliceOf(from, records), horizonMs));
      const { bad } = read.evidence;
      await this.take(topic, read, { bad, progress: null });
      return bad;
    } catch (error) {
      if (failureKind(error) === 'away') throw error;
      const [only, ...more] = records;
      if (only && more.length === 0) {
        const bad = badOf(from, only, reasonOf(error));
        await this.store.recordEvidence({ bad: [bad], progress: null });
        return [bad];
      }
      const middle = Math.ceil(records.length / 2);
      const before = await this.takeAgain(topic, from, records.slice(0, middle), horizonMs);
      return [...before, ...(await this.takeAgain(topic, from, records.slice(middle), horizonMs))];
    }
  }

  /** The topic of a name that stands in the quarantine. Throws where this service has none of that name. */
  topicOf({ topic: name }: From): TopicName {
    const topic = this.names.topicOf(name);
    if (topic) return topic;
    throw new StillBad({ reason: 'unknown-topic', error: `the topic ${name} is not one of this service` });
  }

  private async takeRecord(row: QuarantineRow): Promise<void> {
    const topic = this.topicOf(row);
    const slice = sliceOf(row, [{ ...recordOf(row), offset: row.offset }]);
    // Who replays one message wants it, however late it came.
    const read = await this.withoutLeft(topic, readSlice(topic, slice, Infinity));
    const [bad] = read.evidence.bad;
    if (bad) throw new StillBad(bad);
    await this.take(topic, read, { bad: [], progress: null, conflicts: 'throw' });
  }

  private async takeBatch(row: QuarantineRow): Promise<void> {
    const records = recordsOfBatch(row.value ?? Buffer.alloc(0));
    const [first] = records;
    if (!first) throw new StillBad({ reason: 'corrupt-batch', error: 'no batch is found in the bytes' });
    if (first.unreadable) throw new StillBad(first.unreadable);
    for (let at = 0; at < records.length; at += AT_ONCE) {
      await this.takeAgain(this.topicOf(row), row, records.slice(at, at + AT_ONCE), horizonMsOf(this.config));
    }
  }

  /** What is about sessions that left since the broker got it is bad: nothing is left that it could be added to. */
  private async withoutLeft<T extends TopicName>(topic: T, read: ReadSlice<T>): Promise<ReadSlice<T>> {
    if (topic === 'directory') return read;
    const left = await this.store.leftAt(read.good.flatMap((one) => (one.kind === 'event' ? [one.event.subject] : [])));
    const isLeft = (one: ReadSlice<T>['good'][number]): one is GoodEvent<T> =>
      one.kind === 'event' && one.brokerTime < (left.get(one.event.subject) ?? -Infinity);
    const bad = read.good.filter(isLeft).map(({ event, record }) => {
      const error = `subject: the session ${event.subject} has left the record since`;
      return badOf(read.from, record, { reason: 'too-old', error });
    });
    const good = read.good.filter((one) => !isLeft(one));
    return { ...read, good, evidence: { ...read.evidence, bad: [...read.evidence.bad, ...bad] } };
  }

  private async take<T extends TopicName>(topic: T, read: ReadSlice<T>, evidence: SliceEvidence): Promise<void> {
    await this.teller.tell(await recordSlice(topic, { ...read, evidence }, this.store));
  }
}

function sliceOf({ topic, partition }: From, records: SliceRecord[]) {
  const from = records[0]?.offset ?? '0';
  return { topic, partition, records, fromOffset: from, nextOffset: from };
}

function reasonOf(error: unknown): Reason {
  if (error instanceof StillBad || error instanceof IdentityConflict) return error.bad;
  return { reason: 'bug', error: describeError(error) };
}
