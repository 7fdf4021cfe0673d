import type { Registry } from 'prom-client';

/** One value of a metric, with its labels. */
export interface MetricValue {
  labels: Partial<Record<string, string | number>>;
  value: number;
  /** Of a histogram: which of its series it is. */
  metricName?: string;
}

/** The values of a metric now; none where there is no such metric. */
export async function metricValues(registry: Registry, name: string): Promise<MetricValue[]> {
  const metric = registry.getSingleMetric(name);
  return metric ? (await metric.get()).values : [];
}

/** The sum of all values; 0 where there are none. */
export async function metricSum(registry: Registry, name: string): Promise<number> {
  return (await metricValues(registry, name)).reduce((sum, { value }) => sum + value, 0);
}

/** The values by a label, those with the same one added up. */
export async function metricBy(registry: Registry, name: string, label: string): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { labels, value } of await metricValues(registry, name)) {
    const key = String(labels[label] ?? '');
    sums[key] = (sums[key] ?? 0) + value;
  }
  return sums;
}
