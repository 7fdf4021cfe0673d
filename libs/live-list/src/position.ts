import type { Position } from '#libs/contracts';

/** Whether `a` is earlier in the life of the projection than `b`. */
export function isBefore(a: Position, b: Position): boolean {
  return a.epoch < b.epoch || (a.epoch === b.epoch && a.seq < b.seq);
}
