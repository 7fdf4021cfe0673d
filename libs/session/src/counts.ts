import { tokenOf } from './evolve';
import { type Register, write } from './register';

/** A parsed viewer count. `at`: the event's clamped time, epoch µs. */
export interface CountFact {
  at: number;
  sequence?: string | null;
  source: string;
  id: string;
  viewer_count: number;
}

/** The viewer count register of one session, and its peak with the earliest time it was reached (epoch µs). */
export interface CountsRecord {
  last: Register<number>;
  peak: number;
  peak_at: number;
}

/** record + count → record; the same object when nothing changes. Commutative, associative, idempotent. */
export function evolveCounts(record: CountsRecord | undefined, fact: CountFact): CountsRecord {
  const { viewer_count: count, at } = fact;
  const token = tokenOf(fact);
  if (record === undefined) return { last: { value: count, token }, peak: count, peak_at: at };
  return joined(record, write(record.last, count, token), count, at);
}

/** The record of all that both were folded of; the first itself when the second adds nothing. */
export function mergeCounts(one: CountsRecord | undefined, other: CountsRecord): CountsRecord {
  if (one === undefined) return other;
  return joined(one, write(one.last, other.last.value, other.last.token), other.peak, other.peak_at);
}

function joined(record: CountsRecord, last: Register<number>, peak: number, at: number): CountsRecord {
  const higher = peak > record.peak || (peak === record.peak && at < record.peak_at);
  if (last === record.last && !higher) return record;
  return { last, peak: higher ? peak : record.peak, peak_at: higher ? at : record.peak_at };
}
