import type { Position } from '#libs/contracts';

/** Where nothing was loaded yet. */
export const BEGINNING: Position = { epoch: 0, seq: 0 };

/** As many entries as the projection's log keeps: a reader further behind does not wait for them, it loads anew. */
const LOG_REACH = 5000;
/** Each try to build a new epoch draws a number, also one that fails. */
const EPOCHS_REACH = 8;

/**
 * Whether a reader that is at `here` may come to `at` within seconds. What lies further ahead nobody has given out, or
 * it is not worth waiting for.
 */
export function isWithinReach(at: Position, here: Position): boolean {
  const start = at.epoch === here.epoch ? here.seq : 0;
  return at.epoch - here.epoch <= EPOCHS_REACH && at.seq - start <= LOG_REACH;
}
