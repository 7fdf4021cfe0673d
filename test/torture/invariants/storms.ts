import type { Struck } from '../nemesis/nemesis';
import { type Limits, secondsText } from '../limits';
import { quantile } from '../report';
import { type Verdict, judge } from '../verdict';
import { STORMS, type StormKind, stormSource } from '../workload/storm';
import type { Applied } from './applied';

interface Storms {
  struck: readonly Struck[];
  applied: readonly Applied[];
  pauses: readonly { topic: string; why: string }[];
  limits: Limits;
}

/** I14 and I15: what one source says does not stop or delay what the others say. Nothing when there was no storm. */
export function stormVerdicts({ struck, applied, pauses, limits }: Storms): Verdict[] {
  const storms = struck.filter(({ kind }) => STORMS.some((storm) => kind === faultOf(storm)));
  if (storms.length === 0) return [];
  const sources = STORMS.map(stormSource);
  const healthy = applied.filter(({ source }) => !sources.includes(source));
  const usual =
    quantile(
      healthy.map(({ ms }) => ms),
      0.5,
    ) ?? 0;
  const alone = storms.filter((storm) => struck.every((other) => other === storm || isApart(storm, other, limits)));
  const delayed = alone.flatMap((storm) => {
    const times = healthy.filter(({ at }) => at >= storm.at && at <= endOf(storm, limits)).map(({ ms }) => ms);
    const median = quantile(times, 0.5) ?? 0;
    return median <= usual + limits.delay ? [] : [`${storm.kind}: the others took ${median} ms, else ${usual} ms`];
  });
  const looked = `${storms.length} storms, ${alone.length} of them alone`;
  return [
    judge('I14', `a storm of one source delays the others less than ${secondsText(limits.delay)}`, looked, delayed),
    judge(
      'I15',
      'a storm of one source pauses no topic',
      looked,
      pauses.map(({ topic, why }) => `${topic}: ${why}`),
    ),
  ];
}

export function faultOf(storm: StormKind): string {
  return `${storm} storm`;
}

function isApart(one: Struck, other: Struck, limits: Limits): boolean {
  return endOf(one, limits) < other.at || endOf(other, limits) < one.at;
}

function endOf({ mendedAt, recoveryMs }: Struck, { recovery }: Limits): number {
  return mendedAt + (recoveryMs ?? recovery);
}
