import type { QueryRunner } from 'typeorm';
import type { Loggable } from '../slice/loggable';
import type { Progress } from '../slice/slice';

/**
 * Which of the known events stand at places that were taken before, so that the log has them; the others were sent
 * again. `progress`: of their slice, not yet advanced; null where places are taken out of their turn.
 */
export async function redelivered<E extends Pick<Loggable, 'origin'>>(
  runner: QueryRunner,
  known: ReadonlySet<E>,
  progress: Progress | null,
): Promise<Set<E>> {
  if (known.size === 0 || progress === null) return new Set(known);
  const [row] = (await runner.query(`SELECT next_offset FROM ingest_progress WHERE topic = $1 AND partition = $2`, [
    progress.topic,
    progress.partition,
  ])) as { next_offset: string }[];
  const next = BigInt(row?.next_offset ?? 0);
  return new Set([...known].filter(({ origin }) => BigInt(origin.place.offset) < next));
}
