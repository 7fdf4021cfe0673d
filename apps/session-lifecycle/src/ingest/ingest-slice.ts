import type { ProjectionChange, TopicName } from '#libs/contracts';
import type { Slice } from '#libs/event-log';
import { type Bad, ProgressBroken, type SessionStore, isDatabaseOutage } from '#libs/session-store';
import type { IngestMetrics } from './ingest-metrics';
import { badOf, progressOf, readSlice } from './read-slice';
import { recordSlice } from './record-slice';
import { sentBySource } from './sent-by-source';
import { type TopicGates, TopicPaused } from './topic-gates';

export interface IngestOptions {
  store: SessionStore;
  gates: TopicGates;
  metrics: IngestMetrics;
  /** Taken before anything is read, given with what was read. */
  ticket: () => number;
  project: (changes: ProjectionChange[], ticket: number) => Promise<void>;
  /** Told of a record that we could not take although it is readable: our bug. */
  onBug: (error: unknown, bad: Bad) => void;
}

/**
 * Reads a slice, judges it, records it, then projects what it touched. An error that is not an outage is ours or the
 * data's: the slice is halved down to the one record, which is quarantined as `bug`; its neighbours go on.
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

async function record(topic: TopicName, slice: Slice, { store, gates, metrics }: IngestOptions) {
  const read = readSlice(topic, slice);
  const sent = sentBySource(read);
  await gates.judge(slice.topic, sent);
  const changes = await recordSlice(topic, read, store);
  gates.took(slice.topic, sent);
  metrics.took(topic, { bad: read.evidence.bad.length, records: slice.records.length });
  return changes;
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
  await quarantineBug(topic, slice, only, error, options);
}

async function quarantineBug(
  topic: TopicName,
  slice: Slice,
  only: Slice['records'][number],
  error: unknown,
  { store, gates, metrics, onBug }: IngestOptions,
) {
  const bad = badOf(slice, only, { reason: 'bug', error: error instanceof Error ? error.message : String(error) });
  const evidence = { bad: [bad], progress: progressOf(slice) };
  const sent = sentBySource({ good: [], evidence });
  await gates.judge(slice.topic, sent);
  onBug(error, bad);
  await store.recordEvidence(evidence);
  gates.took(slice.topic, sent);
  metrics.took(topic, { bad: 1, records: 1 });
}
