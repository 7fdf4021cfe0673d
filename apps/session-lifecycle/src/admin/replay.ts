import { TOPICS, type TopicName } from '#libs/contracts';
import { type SliceRecord, recordsOfBatch, topicName } from '#libs/event-log';
import { describeError } from '#libs/service-host';
import {
  type Bad,
  IdentityConflict,
  type Quarantine,
  type QuarantineRow,
  type SessionStore,
  type SliceEvidence,
  failureKind,
  recordOf,
} from '#libs/session-store';
import { type ReadSlice, badOf, readSlice } from '../ingest/read-slice';
import { recordSlice } from '../ingest/record-slice';
import type { Teller } from '../projection/teller';

export interface TakeAgainOptions {
  prefix: string;
  store: SessionStore;
  teller: Pick<Teller, 'tell'>;
}

export interface ReplayOptions extends TakeAgainOptions {
  quarantine: Quarantine;
}

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

/**
 * Takes a quarantined record the way every record goes. Gives why it still cannot be taken, null when it was. Of a batch
 * that can be read by now each good record is taken, each bad one gets a row of its own. The fold commutes: a replay at
 * any later time, or a second one, ends in the same state.
 */
export async function replay(row: QuarantineRow, options: ReplayOptions): Promise<Reason | null> {
  try {
    if (row.kind === 'record') await takeRecord(row, options);
    else await takeBatch(row, options);
  } catch (error) {
    if (failureKind(error) !== 'of-a-message') throw error;
    const bad = reasonOf(error);
    await options.quarantine.stillBad(row.id, bad);
    return bad;
  }
  await options.quarantine.replayed(row.id);
  return null;
}

async function takeRecord(row: QuarantineRow, options: ReplayOptions): Promise<void> {
  const record = { ...recordOf(row), offset: row.offset };
  const read = readSlice(topicOf(row, options), sliceOf(row, [record]));
  const [bad] = read.evidence.bad;
  if (bad) throw new StillBad(bad);
  await take(topicOf(row, options), read, { bad: [], progress: null, conflicts: 'throw' }, options);
}

async function takeBatch(row: QuarantineRow, options: ReplayOptions): Promise<void> {
  const records = recordsOfBatch(row.value ?? Buffer.alloc(0));
  const [first] = records;
  if (!first) throw new StillBad({ reason: 'corrupt-batch', error: 'no batch is found in the bytes' });
  if (first.unreadable) throw new StillBad(first.unreadable);
  for (let at = 0; at < records.length; at += AT_ONCE) {
    await takeAgain(topicOf(row, options), row, records.slice(at, at + AT_ONCE), options);
  }
}

/** Takes records whose progress is known: the good, and the bad into quarantine, unless they are there. Gives the bad. */
export async function takeAgain(
  topic: TopicName,
  from: From,
  records: SliceRecord[],
  options: TakeAgainOptions,
): Promise<Reason[]> {
  try {
    const read = readSlice(topic, sliceOf(from, records));
    const { bad } = read.evidence;
    await take(topic, read, { bad, progress: null }, options);
    return bad;
  } catch (error) {
    if (failureKind(error) === 'away') throw error;
    const [only, ...more] = records;
    if (only && more.length === 0) {
      const bad = badOf(from, only, reasonOf(error));
      await options.store.recordEvidence({ bad: [bad], progress: null });
      return [bad];
    }
    const middle = Math.ceil(records.length / 2);
    const before = await takeAgain(topic, from, records.slice(0, middle), options);
    return [...before, ...(await takeAgain(topic, from, records.slice(middle), options))];
  }
}

async function take<T extends TopicName>(
  topic: T,
  read: ReadSlice<T>,
  evidence: SliceEvidence,
  { store, teller }: TakeAgainOptions,
): Promise<void> {
  await teller.tell(await recordSlice(topic, { ...read, evidence }, store));
}

/** The topic of a name that stands in the quarantine. Throws where this service has none of that name. */
export function topicOf({ topic: name }: From, { prefix }: TakeAgainOptions): TopicName {
  const topic = (Object.keys(TOPICS) as TopicName[]).find((one) => topicName(prefix, one) === name);
  if (topic) return topic;
  throw new StillBad({ reason: 'unknown-topic', error: `the topic ${name} is not one of this service` });
}

function sliceOf({ topic, partition }: From, records: SliceRecord[]) {
  const from = records[0]?.offset ?? '0';
  return { topic, partition, records, fromOffset: from, nextOffset: from };
}

function reasonOf(error: unknown): Reason {
  if (error instanceof StillBad || error instanceof IdentityConflict) return error.bad;
  return { reason: 'bug', error: describeError(error) };
}
