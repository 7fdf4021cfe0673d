import type { ProjectionChange, TopicName } from '#libs/contracts';
import type { Slice } from '#libs/event-log';
import { type Bad, ProgressBroken, type SessionStore, type SliceEvidence, isDatabaseOutage } from '#libs/session-store';
import { originOf, readSlice } from './read-slice';
import { recordSlice } from './record-slice';
import { type Admit, type Taken, TopicPaused } from './topic-gates';

export interface IngestOptions {
  store: SessionStore;
  /** Taken before anything is read, given with what was read. */
  ticket: () => number;
  project: (changes: ProjectionChange[], ticket: number) => Promise<void>;
  admit: Admit;
  /** Told of what was recorded or quarantined for good. */
  onTaken: (taken: Taken) => void;
  /** Told of a record that we could not take although it is readable: our bug. */
  onBug: (error: unknown, bad: Bad) => void;
}

/**
 * Records a slice, then projects what it touched. An error that is not an outage is ours or the data's: the slice is
 * halved down to the one record, which is quarantined as `bug`; its neighbours go on.
 */
export async function ingestSlice(topic: TopicName, slice: Slice, options: IngestOptions): Promise<void> {
  const ticket = options.ticket();
  let changes: ProjectionChange[];
  try {
    changes = await record(topic, slice, options);
  } catch (error) {
    if (!isOfRecords(error)) throw error;
    await isolate(topic, slice, error, options);
    return;
  }
  await options.project(changes, ticket);
}

/** Whether it may be the fault of one of the records. */
function isOfRecords(error: unknown): boolean {
  return !isDatabaseOutage(error) && !(error instanceof TopicPaused) && !(error instanceof ProgressBroken);
}

async function record(topic: TopicName, slice: Slice, options: IngestOptions) {
  const read = readSlice(topic, slice);
  const told = tellingEvidence(read.evidence, slice.records.length, options);
  const changes = await recordSlice(topic, { ...read, evidence: told.evidence }, options.store);
  options.onTaken(told.taken());
  return changes;
}

/** Evidence that asks before anything is quarantined, and knows afterwards how much was. */
function tellingEvidence(evidence: SliceEvidence, records: number, { admit }: IngestOptions) {
  let bad = 0;
  const asking: SliceEvidence = {
    ...evidence,
    admit: (all) => {
      bad = all.length;
      admit({ bad, records });
    },
  };
  return { evidence: asking, taken: () => ({ bad, records }) };
}

async function isolate(topic: TopicName, slice: Slice, error: unknown, options: IngestOptions) {
  const { records } = slice;
  const middle = Math.floor(records.length / 2);
  const border = records[middle]?.offset;
  if (middle > 0 && border !== undefined) {
    await ingestSlice(topic, { ...slice, records: records.slice(0, middle), nextOffset: border }, options);
    await ingestSlice(topic, { ...slice, records: records.slice(middle), fromOffset: border }, options);
    return;
  }
  const [only] = records;
  if (!only) throw error;
  // With the database away nothing can be said about the record.
  await options.store.ping();
  await quarantineBug(slice, only, error, options);
}

async function quarantineBug(slice: Slice, only: Slice['records'][number], error: unknown, options: IngestOptions) {
  const { topic, partition, fromOffset, nextOffset } = slice;
  const bad: Bad = {
    ...originOf(slice, only),
    reason: 'bug',
    error: error instanceof Error ? error.message : String(error),
  };
  const progress = { topic, partition, fromOffset, nextOffset, brokerTime: only.timestamp };
  const told = tellingEvidence({ bad: [bad], progress }, 1, options);
  options.onBug(error, bad);
  await options.store.recordEvidence(told.evidence);
  options.onTaken(told.taken());
}
