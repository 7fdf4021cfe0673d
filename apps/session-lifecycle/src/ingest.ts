import type { ProjectionChange } from '#libs/contracts';
import type { Slice } from '#libs/event-log';
import { type Bad, type SessionStore, isDatabaseOutage } from '#libs/session-store';

export interface IngestOptions {
  store: SessionStore;
  record: (store: SessionStore, slice: Slice) => Promise<ProjectionChange[]>;
  /** Taken before anything is read, given with what was read. */
  ticket: () => number;
  project: (changes: ProjectionChange[], ticket: number) => Promise<void>;
  /** Told of a record that we could not take although it is readable: our bug. */
  onBug: (error: unknown, bad: Bad) => void;
}

/**
 * Records a slice, then projects what it touched. An error that is not an outage is ours or the data's: the slice is
 * halved down to the one record, which is quarantined as `bug`; its neighbours go on.
 */
export async function ingestSlice(slice: Slice, options: IngestOptions): Promise<void> {
  const { store, record, project } = options;
  const ticket = options.ticket();
  let changes: ProjectionChange[];
  try {
    changes = await record(store, slice);
  } catch (error) {
    if (isDatabaseOutage(error)) throw error;
    await isolate(slice, error, options);
    return;
  }
  await project(changes, ticket);
}

async function isolate(slice: Slice, error: unknown, options: IngestOptions): Promise<void> {
  const { records, topic, partition } = slice;
  const middle = Math.floor(records.length / 2);
  if (middle > 0) {
    const nextOffset = records[middle]?.offset ?? slice.nextOffset;
    await ingestSlice({ ...slice, records: records.slice(0, middle), nextOffset }, options);
    await ingestSlice({ ...slice, records: records.slice(middle) }, options);
    return;
  }
  const [only] = records;
  if (!only) throw error;
  // With the database away nothing can be said about the record.
  await options.store.ping();
  const bad: Bad = {
    place: { topic, partition, offset: only.offset },
    record: only,
    reason: 'bug',
    error: error instanceof Error ? error.message : String(error),
  };
  options.onBug(error, bad);
  await options.store.quarantine(bad);
}
