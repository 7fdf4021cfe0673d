import { order } from '../../given/expected-sessions';
import type { Told } from './truth';

/** Times in epoch ms, as they are shown. */
export interface ExpectedCounts {
  viewer_count: number;
  viewer_count_at: number;
  max_viewers: number;
  max_viewers_at: number;
}

const ms = (us: number) => Math.floor(us / 1000);

/** Count and peak, computed anew from every copy of every count. */
export function expectedCounts(told: readonly Told[]): Map<string, ExpectedCounts> {
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
  return sessions;
}

export function valueOf(one: Told): number {
  return Number(one.data['viewer_count']);
}

/** By the order of events; the greater count, where nothing else differs. */
export function lastOf(list: readonly Told[]): Told {
  return list.reduce((best, one) => ((order(one, best) || valueOf(one) - valueOf(best)) > 0 ? one : best));
}
