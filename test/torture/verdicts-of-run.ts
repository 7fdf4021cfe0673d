import type { Struck } from './nemesis/nemesis';
import { secondsText } from './limits';
import { type Report, quantile } from './report';
import type { Sampler } from './sampler';
import { type Verdict, judge, unjudged } from './verdict';

/** Shown by other tests: what this run cannot show, and where it is. */
export const ELSEWHERE: readonly Verdict[] = [
  unjudged('I9', 'a client ends with the view of Postgres', 'elsewhere', 'libs/live-list, apps/session-gateway/test'),
  unjudged('I14', 'poison delays its neighbours less than 2 s', 'elsewhere', 'apps/session-lifecycle/test/bad-input'),
  unjudged('I15', 'only bad input pauses its topic', 'elsewhere', 'apps/session-lifecycle/test/storm'),
  unjudged('I16', 'bounded memory in a backlog of 1 000 000', 'elsewhere', 'bench/backlog; here the most seen'),
  unjudged('I21', 'old fixtures are accepted', 'elsewhere', 'libs/contracts/test/golden'),
];

export function sampled({ against, looked }: Sampler): Verdict[] {
  return [
    judge('I6', 'no observer sees a version fall', `${looked.versions} sights`, against.versions),
    judge('I7', 'committed ≤ recorded ≤ the end of the log', `${looked.offsets} samples`, against.offsets),
    judge('I22', 'who is ready has heard of Kafka', `${looked.silence} samples`, against.silence),
  ];
}

/** I13. `limit`, ms: for all to be taken after a fault. */
export function recovery(
  struck: readonly Struck[],
  quiet: string | null,
  exits: readonly string[],
  limit: number,
): Verdict[] {
  const within = `within ${secondsText(limit)}`;
  const late = struck
    .filter(({ recoveryMs }) => recoveryMs === null)
    .map(({ kind, detail }) => `${kind} (${detail}): not ${within}`);
  const failed = struck
    .filter(({ detail }) => detail.startsWith('failed'))
    .map(({ kind, detail }) => `${kind} ${detail}`);
  const against = [...late, ...failed, ...exits, ...(quiet === null ? [] : [quiet])];
  return [judge('I13', `after each fault all is taken ${within}, nobody ends`, `${struck.length} faults`, against)];
}

export function recoveryOf(struck: readonly Struck[]): Report['recoveryMs'] {
  const times = struck.flatMap(({ recoveryMs }) => (recoveryMs === null ? [] : [recoveryMs]));
  return {
    median: quantile(times, 0.5),
    max: times.length > 0 ? Math.max(...times) : null,
    notWithinLimit: struck.length - times.length,
  };
}

export function countBy(struck: readonly Struck[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { kind } of struck) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
