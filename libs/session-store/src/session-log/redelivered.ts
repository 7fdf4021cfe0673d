import type { Loggable } from '../slice/loggable';

/**
 * Whether a known event stands at a place that was taken before, so that the log has it; else it was sent again.
 * `nextOffset`: of its partition, before its slice; null where places are taken out of their turn.
 */
export function isRedelivered({ origin }: Pick<Loggable, 'origin'>, nextOffset: string | null): boolean {
  return nextOffset === null || BigInt(origin.place.offset) < BigInt(nextOffset);
}
