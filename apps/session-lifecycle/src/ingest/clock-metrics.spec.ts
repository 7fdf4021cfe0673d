import { Registry } from 'prom-client';
import { ClockMetrics } from './clock-metrics';

const NOW = Date.UTC(2026, 10, 28);
const MINUTE = 60_000;
const event = (source: string, age: number) => ({
  kind: 'event' as const,
  event: { source, time: NOW - age },
  brokerTime: NOW,
});

async function flagged(registry: Registry) {
  const [metric] = await registry.getMetricsAsJSON();
  return metric?.values.map(({ labels, value }) => [labels['source'], labels['timing'], value]);
}

describe('the clocks of producers', () => {
  it('are flagged by source: behind, late, ahead, each beyond its limit', async () => {
    const registry = new Registry();
    new ClockMetrics(registry).note([
      event('/right', 0),
      event('/right', MINUTE),
      event('/behind', MINUTE + 1),
      event('/behind', 10 * MINUTE),
      event('/late', 10 * MINUTE + 1),
      event('/right', -5 * MINUTE),
      { kind: 'tombstone' },
      event('/ahead', -5 * MINUTE - 1),
    ]);
    expect(await flagged(registry)).toEqual([
      ['/behind', 'behind', 2],
      ['/late', 'late', 1],
      ['/ahead', 'ahead', 1],
    ]);
  });

  it('have a bounded number of series, however many sources there are', async () => {
    const registry = new Registry();
    const metrics = new ClockMetrics(registry);
    for (let index = 0; index < 5000; index++) metrics.note([event(`/made-up/${index}`, 2 * MINUTE)]);
    const values = await flagged(registry);
    expect(values).toHaveLength(101);
    expect(values?.at(-1)).toEqual(['(other sources)', 'behind', 4900]);
  });
});
