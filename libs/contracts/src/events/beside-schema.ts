import { microsOf } from './instant';
import { oddSequence } from './sequence';

/** What is read from an event apart from its schema. */
export interface BesideSchema {
  /** The microseconds of its time below the millisecond, 0 to 999. */
  micros: number;
  /** A `sequence` that is no integer and orders nothing, as text. */
  odd_sequence?: string;
}

/** Reads it from a parsed CloudEvent that its schema accepted. `readSequence`: what the schema made of its sequence. */
export function besideSchema(
  { time, sequence }: { time: string; sequence?: unknown },
  readSequence?: string | null,
): BesideSchema {
  const micros = microsOf(time);
  const isRead = sequence === undefined || sequence === null || readSequence != null;
  return isRead ? { micros } : { micros, odd_sequence: oddSequence(sequence) };
}
