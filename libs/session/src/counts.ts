import { tokenOf } from './evolve';
import { type Register, write } from './register';

/** A parsed viewer count. `at`: min(event's time, broker's timestamp), epoch ms. */
export interface CountFact {
  at: number;
  sequence?: string | null;
  source: string;
  id: string;
  viewer_count: number;
}

/** The viewer count register of one session, and its peak with the earliest time it was reached. */
export interface CountsRecord {
  last: Register<number>;
  peak: number;
  peak_at: number;
}

/** record + count → record; the same object when nothing changes. Commutative, associative, idempotent. */
export function evolveCounts(record: CountsRecord | undefined, fact: CountFact): CountsRecord {
  const { viewer_count: count, at } = fact;
  const last = write(record?.last, count, tokenOf(fact));
  if (record === undefined) return { last, peak: count, peak_at: at };
  const higher = count > record.peak || (count === record.peak && at < record.peak_at);
  if (last === record.last && !higher) return record;
  return { last, peak: higher ? count : record.peak, peak_at: higher ? at : record.peak_at };
}
