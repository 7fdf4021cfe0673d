import type { Did } from '#libs/session';

/**
 * One thing that was said of a subject, as the log holds it: offset, clamped time (epoch µs), when the broker got it
 * (epoch ms), what it did, what is remarkable of it, and the event in structured form. What was derived has neither
 * offset nor broker, and what the session became in place of the event.
 */
export type Entry = [
  offset: number | string | null,
  at: number,
  brokerTime: number | null,
  did: Did | 'derived',
  flags: string[],
  event: unknown,
];

/** What a session became otherwise than by an event of its own: by time, by a heartbeat, by another session. */
export interface Became {
  status: string;
  health: string | null;
  end_reason: string | null;
}
