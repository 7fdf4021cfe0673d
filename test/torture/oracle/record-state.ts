import type { RecordState } from './view';
import type { RecordWitness } from './record-witness';

/** All that Postgres says now, for whoever compares with it. */
export async function recordState(record: RecordWitness): Promise<RecordState> {
  const [sessions, counts, entities] = await Promise.all([record.sessions(), record.counts(), record.entities()]);
  return { sessions, counts, entities };
}
