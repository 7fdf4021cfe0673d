/** How far a producer's clock may be behind before its events are flagged. */
const BEHIND_MS = 60_000;
/** Up to this age a signal is taken for one of now from a clock that is behind; beyond it, for one that comes late. */
const LATE_MS = 10 * 60_000;
const AHEAD_MS = 5 * 60_000;

/**
 * What an event's time says of its producer's clock, measured by the broker's. `late` is more likely an outbox that
 * delivers afterwards than a clock.
 */
export type Timing = 'ahead' | 'behind' | 'late';

/** null: nothing remarkable. Both epoch ms. */
export function timingOf(time: number, brokerTime: number): Timing | null {
  const age = brokerTime - time;
  if (age > LATE_MS) return 'late';
  if (age > BEHIND_MS) return 'behind';
  return age < -AHEAD_MS ? 'ahead' : null;
}

/**
 * When a start or heartbeat proves that its session is on air: when the broker got it, since its producer lives then,
 * whatever its clock says. One that is more than ten minutes old proves only its own time: a delivery hours late
 * revives nobody. Both epoch ms.
 */
export function signalTimeOf(time: number, brokerTime: number): number {
  return brokerTime - time <= LATE_MS ? brokerTime : time;
}
