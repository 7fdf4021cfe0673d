import type { Struck } from '../nemesis/nemesis';
import { quantile } from '../report';
import { type Verdict, judge } from '../verdict';
import { STORMS, type StormKind, stormSource } from '../workload/storm';
import type { Applied } from './applied';

const DELAY_LIMIT_MS = 2000;
const RECOVERY_LIMIT_MS = 60_000;

interface Storms {
  struck: readonly Struck[];
  applied: readonly Applied[];
  pauses: readonly { topic: string; why: string }[];
}

/** I14 and I15: what one source says does not stop or delay what the others say. Nothing when there was no storm. */
export function stormVerdicts({ struck, applied, pauses }: Storms): Verdict[] {
  const storms = struck.filter(({ kind }) => STORMS.some((storm) => kind === faultOf(storm)));
  if (storms.length === 0) return [];
  const sources = STORMS.map(stormSource);
  const healthy = applied.filter(({ source }) => !sources.includes(source));
  const usual =
    quantile(
      healthy.map(({ ms }) => ms),
      0.5,
    ) ?? 0;
  const alone = storms.filter((storm) => struck.every((other) => other === storm || isApart(storm, other)));
  const delayed = alone.flatMap((storm) => {
    const times = healthy.filter(({ at }) => at >= storm.at && at <= endOf(storm)).map(({ ms }) => ms);
    const median = quantile(times, 0.5) ?? 0;
    return median <= usual + DELAY_LIMIT_MS ? [] : [`${storm.kind}: the others took ${median} ms, else ${usual} ms`];
  });
  const looked = `${storms.length} storms, ${alone.length} of them alone`;
  return [
    judge('I14', 'a storm of one source delays the others less than 2 s', looked, delayed),
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

function isApart(one: Struck, other: Struck): boolean {
  return endOf(one) < other.at || endOf(other) < one.at;
}

function endOf({ mendedAt, recoveryMs }: Struck): number {
  return mendedAt + (recoveryMs ?? RECOVERY_LIMIT_MS);
}
