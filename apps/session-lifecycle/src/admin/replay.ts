import { type ProjectionChange, TOPICS, type TopicName } from '#libs/contracts';
import { type Slice, recordsOfBatch, topicName } from '#libs/event-log';
import { describeError } from '#libs/service-host';
import {
  type Bad,
  type Quarantine,
  type QuarantineRow,
  type SessionStore,
  failureKind,
  recordOf,
} from '#libs/session-store';
import { readSlice } from '../ingest/read-slice';
import { recordSlice } from '../ingest/record-slice';

export interface ReplayOptions {
  prefix: string;
  quarantine: Quarantine;
  store: SessionStore;
  ticket: () => number;
  project: (changes: ProjectionChange[], ticket: number) => Promise<void>;
}

type Reason = Pick<Bad, 'reason' | 'error'>;

/** The record is as bad as before. */
class StillBad extends Error {
  constructor(readonly bad: Reason) {
    super(bad.error);
  }
}

/**
 * Takes a quarantined record the way every record goes. Gives why it still cannot be taken, null when it was. The fold
 * commutes: a replay at any later time, or a second one, ends in the same state.
 */
export async function replay(row: QuarantineRow, options: ReplayOptions): Promise<Reason | null> {
  const topic = (Object.keys(TOPICS) as TopicName[]).find((name) => topicName(options.prefix, name) === row.topic);
  if (!topic) throw new Error(`the row is of the topic ${row.topic}, which is not one of this service`);
  try {
    await take(topic, sliceOf(row), options);
  } catch (error) {
    if (failureKind(error) !== 'of-a-message') throw error;
    const bad = error instanceof StillBad ? error.bad : { reason: 'bug', error: describeError(error) };
    await options.quarantine.stillBad(row.id, bad);
    return bad;
  }
  await options.quarantine.replayed(row.id);
  return null;
}

async function take(topic: TopicName, slice: Slice, { store, ticket, project }: ReplayOptions): Promise<void> {
  const taken = ticket();
  const read = readSlice(topic, slice);
  const admit = ([first]: readonly Bad[]) => {
    if (first) throw new StillBad(first);
  };
  const changes = await recordSlice(topic, { ...read, evidence: { ...read.evidence, progress: null, admit } }, store);
  await project(changes, taken);
}

function sliceOf(row: QuarantineRow): Slice {
  const { topic, partition, offset } = row;
  return {
    topic,
    partition,
    fromOffset: offset,
    nextOffset: String(BigInt(offset) + 1n),
    records: isOfBatch(row) ? recordsOfBatch(row.value) : [{ ...recordOf(row), offset }],
  };
}

const OF_BATCHES = new Set(['corrupt-batch', 'unknown-codec', 'too-large-batch']);

/** Whether the row stands for a whole batch, with the batch's bytes as its value. */
function isOfBatch(row: QuarantineRow): row is QuarantineRow & { value: Buffer } {
  return OF_BATCHES.has(row.reason) && row.value !== null;
}
