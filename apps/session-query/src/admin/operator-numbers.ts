import type { OperatorNumber, ProcessFacts } from '#libs/contracts';
import { STALE_AFTER_SECONDS } from '#libs/contracts';

type Known = Pick<OperatorNumber, 'value' | 'why'>;

/** What the numbers should not exceed: see docs/decisions/0088. */
const GOALS: Record<OperatorNumber['name'], number> = {
  start_to_browser_p99_ms: 250,
  rest_p99_ms: 50,
  rest_errors: 0.001,
  lag: 1000,
  fresh_age_ms: STALE_AFTER_SECONDS * 1000,
  differences: 0,
  quarantine_open: 0,
};

/** The numbers that operators hold the whole against, as far as they can be known. `quarantine`: null while it is not known. */
export function operatorNumbers(processes: readonly ProcessFacts[], quarantine: number | null): OperatorNumber[] {
  const lifecycles = processes.flatMap(({ lifecycle }) => lifecycle ?? []);
  const queries = processes.flatMap(({ query }) => query ?? []);
  const known: Record<OperatorNumber['name'], Known> = {
    start_to_browser_p99_ms: startToBrowser(lifecycles),
    rest_p99_ms: restP99(queries),
    rest_errors: restErrors(queries),
    lag: lag(lifecycles),
    fresh_age_ms: freshAge(lifecycles),
    differences: differences(lifecycles),
    quarantine_open: quarantine === null ? unknown('Postgres does not answer') : { value: quarantine, why: null },
  };
  return (Object.keys(known) as OperatorNumber['name'][]).map((name) => {
    const { value, why } = known[name];
    return { name, value, goal: GOALS[name], is_met: value === null ? null : value <= GOALS[name], why };
  });
}

type Lifecycles = NonNullable<ProcessFacts['lifecycle']>[];
type Queries = NonNullable<ProcessFacts['query']>[];

const NO_LIFECYCLE = 'no session-lifecycle process says anything of itself';
const NO_QUERY = 'no session-query process says anything of itself';

function unknown(why: string): Known {
  return { value: null, why };
}

function startToBrowser(lifecycles: Lifecycles): Known {
  const projected = lifecycles.flatMap(({ topics }) =>
    topics.flatMap(({ topic, projected_p99_ms: ms }) => (topic.endsWith('.sessions') && ms !== null ? [ms] : [])),
  );
  const part = projected.length > 0 ? `; from the broker to Redis it is at most ${Math.max(...projected)} ms` : '';
  return unknown(`no process sees a browser's clock: \`npm run bench -- end-to-end\` measures it${part}`);
}

/** Of several processes the worst: what a caller may meet. */
function restP99(queries: Queries): Known {
  const times = queries.flatMap(({ p99_ms: ms }) => ms ?? []);
  if (times.length > 0) return { value: Math.max(...times), why: null };
  return unknown(queries.length === 0 ? NO_QUERY : 'nobody asked in the last minute');
}

function restErrors(queries: Queries): Known {
  const asked = queries.reduce((sum, one) => sum + one.requests_in_last_minute, 0);
  const failed = queries.reduce((sum, one) => sum + one.errors_in_last_minute, 0);
  if (asked > 0) return { value: failed / asked, why: null };
  return unknown(queries.length === 0 ? NO_QUERY : 'nobody asked in the last minute');
}

/** Every process sees all partitions: of each partition the least lag is the latest look. */
function lag(lifecycles: Lifecycles): Known {
  const least = new Map<string, number>();
  for (const { topic, partition, lag: one } of lifecycles.flatMap(({ partitions }) => partitions)) {
    const place = `${topic}/${partition}`;
    least.set(place, Math.min(one, least.get(place) ?? Infinity));
  }
  if (least.size > 0) return { value: [...least.values()].reduce((sum, one) => sum + one, 0), why: null };
  return unknown(lifecycles.length === 0 ? NO_LIFECYCLE : 'no process has seen yet how far Kafka goes');
}

function freshAge(lifecycles: Lifecycles): Known {
  const ages = lifecycles.flatMap(({ fresh_age_ms: age }) => age ?? []);
  if (ages.length > 0) return { value: Math.min(...ages), why: null };
  return unknown(lifecycles.length === 0 ? NO_LIFECYCLE : 'no process knows how fresh the projection is');
}

function differences(lifecycles: Lifecycles): Known {
  const repairs = lifecycles.reduce((sum, { projection }) => sum + projection.repairs, 0);
  return unknown(
    `\`npm run verify\` finds them, and nothing keeps what it found; the processes have repaired ${repairs} since they started`,
  );
}
