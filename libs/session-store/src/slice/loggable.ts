import type { EventOn } from '#libs/contracts';
import type { Bad } from './slice';

/** An event that inbox and log take, with where it came from. */
export interface Loggable {
  event: EventOn['sessions' | 'directory'];
  /** The event's clamped time, epoch µs. */
  at: number;
  /** When the broker got it, epoch ms. */
  brokerTime: number;
  origin: Pick<Bad, 'place' | 'record'>;
}
