import type { ProjectionChange } from '#libs/contracts';
import type Redis from 'ioredis';
import { decodeEntry } from './encoding';

export const ENTRIES_PER_READ = 100;

/** The log does not lead from where the reader stands to where the projection is: only a load helps. */
export class Reload extends Error {}

/** The log after `seq` up to at least `until`, without a gap; and where it ends. Throws Reload where it has a gap. */
export async function readLog(
  redis: Redis,
  log: string,
  seq: number,
  until: number,
): Promise<{ changes: ProjectionChange[]; seq: number }> {
  const changes: ProjectionChange[] = [];
  let at = seq;
  while (at < until) {
    const entries = await redis.xrange(log, `(${at}-0`, '+', 'COUNT', ENTRIES_PER_READ);
    if (entries.length === 0) throw new Reload('the log ends before the position');
    for (const [id, fields] of entries) {
      at = follows(at, id);
      changes.push(...decodeEntry(fields));
    }
  }
  return { changes, seq: at };
}

/** The seq of a log entry that must follow `seq` without a gap. */
export function follows(seq: number, entryId: string): number {
  const next = Number(entryId.split('-')[0]);
  if (next !== seq + 1) throw new Reload(`the log goes on with ${entryId} after ${seq}`);
  return next;
}
