import type { TopicName } from '#libs/contracts';
import type { Slice } from '#libs/event-log';
import { describeError } from '#libs/service-host';
import { DatabaseAway, ProgressBroken, type Recorded, type SessionStore } from '#libs/session-store';
import type { PinoLogger } from 'nestjs-pino';
import type { Portion } from '../portion';
import type { Teller } from '../projection/teller';
import type { ClockMetrics } from './clock-metrics';
import type { IngestMetrics } from './ingest-metrics';
import { badOf, progressOf, readSlice } from './read-slice';
import { recordSlice } from './record-slice';
import { sentBySource } from './sent-by-source';
import { type PausedTopics, TopicPaused } from './paused-topics';

export interface IngestOptions {
  store: SessionStore;
  teller: Pick<Teller, 'tell'>;
  pausedTopics: PausedTopics;
  metrics: IngestMetrics;
  clocks: ClockMetrics;
  /** How late an event may come. */
  horizonMs: number;
  /** How many records are tried at once. */
  portion: Portion;
  log: Pick<PinoLogger, 'warn' | 'error'>;
}

/** So often one message alone is tried when it is too much, before it counts as our bug. */
const TRIES_OF_ONE = 3;

/**
 * Records the slice, then projects what it touched. Gives the offset up to which it was taken: less than the whole where
 * less than the whole was tried. What fails is halved, down to the one message, and its neighbours go on: after `too-much`
 * (see failure-kind.ts) the next call asks for less; a single message that cannot be taken is quarantined as `bug`. Throws
 * DatabaseAway, TopicPaused and ProgressBroken: of those no message is to blame.
 */
export async function ingestSlice(topic: TopicName, slice: Slice, options: IngestOptions): Promise<string> {
  const { portion, store, metrics, log } = options;
  const waiting = [firstOf(slice, portion.size(Date.now()))];
  let reached = slice.fromOffset;
  for (let part = waiting.shift(); part; part = waiting.shift()) {
    const failure = await failureOf(topic, part, options);
    if (failure === null) {
      reached = part.nextOffset;
      continue;
    }
    const kind = await store.whatFailed(failure.error);
    if (kind === 'away') throw new DatabaseAway(failure.error);
    const size = part.records.length;
    if (size > 1 && kind === 'too-much') {
      metrics.tooMuch(topic);
      if (portion.isWhole(Date.now()))
        log.warn({ err: failure.error, topic, records: size }, 'a slice was too much at once; smaller ones follow');
      portion.halve(size, Date.now());
      return reached;
    }
    if (size > 1) {
      waiting.unshift(...halvesOf(part));
      continue;
    }
    const last = kind === 'too-much' ? await tryAgain(topic, part, failure, options) : failure;
    if (last !== null) await quarantineBug(topic, part, last.error, options);
    reached = part.nextOffset;
  }
  return reached;
}

/** Records a part, then tells Redis what it touched. Gives why it could not be recorded, null when it was. */
async function failureOf(topic: TopicName, part: Slice, options: IngestOptions): Promise<{ error: unknown } | null> {
  let recorded: Recorded;
  try {
    recorded = await record(topic, part, options);
  } catch (error) {
    if (error instanceof TopicPaused || error instanceof ProgressBroken) throw error;
    return { error };
  }
  await options.teller.tell(recorded);
  return null;
}

/** One message that is too much may have met a moment in which everything was. */
async function tryAgain(topic: TopicName, part: Slice, first: { error: unknown }, options: IngestOptions) {
  let failure: { error: unknown } | null = first;
  for (let tries = 1; failure !== null && tries < TRIES_OF_ONE; tries++) {
    failure = await failureOf(topic, part, options);
    if (failure && (await options.store.whatFailed(failure.error)) === 'away') throw new DatabaseAway(failure.error);
  }
  return failure;
}

function firstOf(slice: Slice, size: number): Slice {
  const border = slice.records[size]?.offset;
  return border === undefined ? slice : { ...slice, records: slice.records.slice(0, size), nextOffset: border };
}

function halvesOf(slice: Slice): [Slice, Slice] {
  const first = firstOf(slice, Math.floor(slice.records.length / 2));
  const rest = slice.records.slice(first.records.length);
  return [first, { ...slice, records: rest, fromOffset: first.nextOffset }];
}

async function record(
  topic: TopicName,
  slice: Slice,
  { store, pausedTopics, metrics, clocks, horizonMs }: IngestOptions,
) {
  const read = readSlice(topic, slice, horizonMs);
  const sent = sentBySource(read);
  await pausedTopics.judge(slice.topic, sent);
  const changes = await recordSlice(topic, read, store);
  pausedTopics.took(slice.topic, sent);
  metrics.took(topic, { bad: read.evidence.bad.length, records: slice.records.length });
  clocks.note(read.good);
  return changes;
}

async function quarantineBug(topic: TopicName, slice: Slice, error: unknown, options: IngestOptions) {
  const { store, pausedTopics, metrics, log } = options;
  const [only] = slice.records;
  if (!only) throw error;
  const bad = badOf(slice, only, { reason: 'bug', error: describeError(error) });
  const evidence = { bad: [bad], progress: progressOf(slice) };
  const sent = sentBySource({ good: [], evidence });
  await pausedTopics.judge(slice.topic, sent);
  log.error({ err: error, ...bad.place }, 'a readable record could not be taken');
  await store.recordEvidence(evidence);
  pausedTopics.took(slice.topic, sent);
  metrics.took(topic, { bad: 1, records: 1 });
}
