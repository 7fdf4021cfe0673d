import { order } from '../../given/expected-sessions';
import type { Told } from './truth';

/** Times in epoch ms, as they are shown. */
export interface ExpectedCounts {
  viewer_count: number;
  viewer_count_at: number;
  max_viewers: number;
  max_viewers_at: number;
}

export interface ExpectedBucket {
  min: number;
  max: number;
  last: number;
}

const BUCKET_MS = 10_000;
const ms = (us: number) => Math.floor(us / 1000);

/** Count, peak and buckets, computed anew from every copy of every count. */
export function expectedCounts(told: readonly Told[]) {
  const counts = told.filter(({ record }) => record.topic === 'viewers');
  const sessions = new Map<string, ExpectedCounts>();
  for (const [id, list] of Map.groupBy(counts, ({ subject }) => subject)) {
    const last = lastOf(list);
    const peak = Math.max(...list.map(valueOf));
    sessions.set(id, {
      viewer_count: valueOf(last),
      viewer_count_at: ms(last.at),
      max_viewers: peak,
      max_viewers_at: ms(Math.min(...list.filter((one) => valueOf(one) === peak).map(({ at }) => at))),
    });
  }
  const buckets = new Map<string, ExpectedBucket>();
  for (const [key, list] of Map.groupBy(counts, (one) =>
    bucketKey(one.subject, Math.floor(ms(one.at) / BUCKET_MS) * BUCKET_MS),
  )) {
    const values = list.map(valueOf);
    buckets.set(key, { min: Math.min(...values), max: Math.max(...values), last: valueOf(lastOf(list)) });
  }
  return { sessions, buckets };
}

export function bucketKey(id: string, start: number): string {
  return `${id} ${start}`;
}

function valueOf(one: Told): number {
  return Number(one.data['viewer_count']);
}

function lastOf(list: readonly Told[]): Told {
  return list.reduce((best, one) => ((order(one, best) || valueOf(one) - valueOf(best)) > 0 ? one : best));
}
