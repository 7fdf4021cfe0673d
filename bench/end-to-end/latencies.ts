import type { Acked } from './producer.main';
import type { Witnessed } from './watching.main';

/** From the producer's ack to each client, in ms, in ascending order. */
export interface Latencies {
  edges: number[];
  counts: number[];
}

/**
 * Of what was acknowledged after `warmMs`. Throws when somebody was never shown what was acknowledged, whenever that was.
 * A later count shows an earlier one as well.
 */
export function latencies(acked: readonly Acked[], witnessed: readonly Witnessed[], warmMs: number): Latencies {
  const warmAt = Math.min(...acked.slice(0, 1).map(({ ackedAt }) => ackedAt)) + warmMs;
  const all: Latencies = { edges: [], counts: [] };
  for (const { firstSeen, removed, counts, wrongs } of witnessed) {
    if (wrongs.length > 0) throw new Error(`a client saw what it must never see: ${wrongs[0]}`);
    const seen = { start: new Map(firstSeen), end: new Map(removed), count: new Map(counts) };
    for (const event of acked) {
      const { kind, id, ackedAt } = event;
      const at =
        kind === 'count' ? seen.count.get(id)?.find(([count]) => count >= event.count)?.[1] : seen[kind].get(id);
      if (at === undefined) throw new Error(`a client was never shown the ${kind} of ${id}`);
      if (ackedAt < warmAt) continue;
      (kind === 'count' ? all.counts : all.edges).push(at - ackedAt);
    }
  }
  for (const some of Object.values(all) as number[][]) some.sort((a, b) => a - b);
  return all;
}

/** The value that so many of a hundred are not above. */
export function percentile(ascending: readonly number[], percent: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor((ascending.length * percent) / 100))] ?? NaN;
}
