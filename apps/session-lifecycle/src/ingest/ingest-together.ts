import type { Slice } from '#libs/event-log';
import { DatabaseAway, ProgressBroken } from '#libs/session-store';
import type { Outcomes } from './gathered-slices';
import { type IngestOptions, ingestSlice } from './ingest-slice';
import { readSlice } from './read-slice';
import { viewerSlice } from './record-slice';
import { sentBySource } from './sent-by-source';
import { TopicPaused } from './paused-topics';

/**
 * Records slices of viewer counts, of several partitions, in one transaction with the progress of each, then tells Redis what
 * they touched. Where that fails each goes its own way (see `ingestSlice`), and one that cannot be taken holds up no other.
 * Gives for each up to which offset it was taken, or why it was not; never rejects.
 */
export async function ingestTogether(slices: readonly Slice[], options: IngestOptions): Promise<Outcomes> {
  const [first] = slices;
  if (!first || slices.length === 1)
    return Promise.allSettled(slices.map((each) => ingestSlice('viewers', each, options)));
  const { portion, store, metrics, log } = options;
  try {
    await record(slices, options);
    return slices.map(({ nextOffset }) => taken(nextOffset));
  } catch (error) {
    if (error instanceof TopicPaused) return slices.map(() => refused(error));
    const kind = error instanceof ProgressBroken ? 'of-a-message' : await store.whatFailed(error);
    if (kind === 'away') return slices.map(() => refused(new DatabaseAway(error)));
    if (kind !== 'too-much') return oneByOne(slices, options);
    const records = slices.reduce((sum, slice) => sum + slice.records.length, 0);
    metrics.tooMuch('viewers');
    log.warn(
      { err: error, records },
      'counts of several partitions were too much at once; each goes alone for a while',
    );
    portion.halve(records, Date.now());
    return slices.map(({ fromOffset }) => taken(fromOffset));
  }
}

async function record(slices: readonly Slice[], options: IngestOptions): Promise<void> {
  const { store, pausedTopics, metrics, clocks, teller, horizonMs } = options;
  const reads = slices.map((slice) => readSlice('viewers', slice, horizonMs));
  const topic = reads[0]?.from.topic ?? '';
  const sent = sentBySource(...reads);
  await pausedTopics.judge(topic, sent);
  const recorded = await store.recordViewerSlices(reads.map(viewerSlice));
  pausedTopics.took(topic, sent);
  for (const [index, { good, evidence }] of reads.entries()) {
    metrics.took('viewers', { bad: evidence.bad.length, records: slices[index]?.records.length ?? 0 });
    clocks.note(good);
  }
  await teller.tell(recorded);
}

/** Their failures are told apart, and an outage is found out once. */
async function oneByOne(slices: readonly Slice[], options: IngestOptions): Promise<Outcomes> {
  const outcomes: Outcomes = [];
  for (const slice of slices) {
    const [outcome] = await Promise.allSettled([ingestSlice('viewers', slice, options)]);
    outcomes.push(outcome);
    if (outcome.status === 'fulfilled' || !(outcome.reason instanceof DatabaseAway)) continue;
    const { reason } = outcome;
    while (outcomes.length < slices.length) outcomes.push(refused(reason));
    break;
  }
  return outcomes;
}

function taken(value: string): PromiseFulfilledResult<string> {
  return { status: 'fulfilled', value };
}

function refused(reason: unknown): PromiseRejectedResult {
  return { status: 'rejected', reason };
}
