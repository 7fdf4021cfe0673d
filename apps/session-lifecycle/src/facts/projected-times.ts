import type { Registry } from 'prom-client';
import { metricValues } from '#libs/service-host';

const WINDOW_MS = 60_000;
const METRIC = 'marquee_freshness_seconds';

interface Seen {
  at: number;
  /** By topic: how many were over within so many seconds, by the bound. */
  within: Map<string, Map<number, number>>;
}

/** From the broker's time until it was in Redis, of the last minute, as the buckets of its histogram tell. */
export class ProjectedTimes {
  private readonly seen: Seen[] = [];

  constructor(private readonly registry: Registry) {}

  /**
   * By topic the bound of the bucket within which 99 of 100 were over, in ms; what took longer than every bound has the
   * greatest. Topics of which nothing was recorded are missing. `now` in ms of any clock.
   */
  async look(now: number): Promise<Map<string, number>> {
    const within = new Map<string, Map<number, number>>();
    for (const { labels, value, metricName } of await metricValues(this.registry, METRIC)) {
      if (metricName !== `${METRIC}_bucket`) continue;
      const topic = String(labels['topic']);
      const bounds = within.get(topic) ?? new Map<number, number>();
      within.set(topic, bounds.set(labels['le'] === '+Inf' ? Infinity : Number(labels['le']), value));
    }
    while ((this.seen[0]?.at ?? now) < now - WINDOW_MS) this.seen.shift();
    const [before] = this.seen;
    this.seen.push({ at: now, within });
    const found = new Map<string, number>();
    for (const [topic, bounds] of within) {
      const ms = percentile(bounds, before?.within.get(topic));
      if (ms !== null) found.set(topic, ms);
    }
    return found;
  }
}

/** null: there were none since. */
function percentile(
  bounds: ReadonlyMap<number, number>,
  before: ReadonlyMap<number, number> | undefined,
): number | null {
  const since = [...bounds].map(([bound, count]) => [bound, count - (before?.get(bound) ?? 0)] as const);
  const all = Math.max(0, ...since.map(([, count]) => count));
  if (all === 0) return null;
  const sorted = since.sort(([a], [b]) => a - b);
  const [bound] = sorted.find(([, count]) => count >= all * 0.99) ?? [Infinity];
  const greatest = Math.max(...sorted.map(([one]) => (Number.isFinite(one) ? one : 0)));
  return Math.round((Number.isFinite(bound) ? bound : greatest) * 1000);
}
