import { columns } from '#tools/terminal';
import type { Left } from './invariants/of-departures';
import type { Struck } from './nemesis/nemesis';
import type { Verdict } from './verdict';

export interface Report {
  seed: number;
  minutes: number;
  bug: string | null;
  startedAt: string;
  records: {
    intents: number;
    acknowledged: number;
    unknown: number;
    inKafka: number;
    poison: number;
    brokerLost: number;
  };
  lost: number;
  duplicated: number;
  diverged: number;
  /** Of viewer history, from one grain to the next. */
  left: Left;
  faults: Record<string, number>;
  kills: number;
  recoveryMs: { median: number | null; max: number | null; notWithinLimit: number };
  applyLatencyMs: { p50: number | null; p99: number | null };
  maxRssMb: number;
  maxConnections: number;
  verdicts: Verdict[];
  struck: Struck[];
}

const LIMITS = `One broker with one replica: the loss of acknowledged records by Kafka itself is told, not judged. A killed process is
not a power cut: what the operating system has, stays. Everything runs on one machine, with one clock.`;

export function isGreen({ verdicts }: Report): boolean {
  return verdicts.every(({ state }) => state !== 'broken');
}

/** For a person. */
export function reportText(report: Report): string {
  const { records, recoveryMs, applyLatencyMs, kills, left } = report;
  const facts = columns([
    ['seed', String(report.seed)],
    ['seeded bug', report.bug ?? 'none'],
    ['minutes', String(report.minutes)],
    [
      'records',
      `${records.inKafka} in Kafka of ${records.intents} meant; ${records.acknowledged} acknowledged, ${records.unknown} unknown, ${records.poison} poison`,
    ],
    ['lost', String(report.lost)],
    ['duplicated effects', String(report.duplicated)],
    ['diverged sessions', String(report.diverged)],
    ['lost by Kafka', String(records.brokerLost)],
    [
      'viewer history',
      `${left.rows} rows rolled up, ${left.partitions} partitions dropped, ${left.interrupted} detachings interrupted`,
    ],
    [
      'recovery',
      `median ${seconds(recoveryMs.median)}, most ${seconds(recoveryMs.max)}, ${recoveryMs.notWithinLimit} not within the limit`,
    ],
    ['apply latency', `p50 ${applyLatencyMs.p50 ?? '-'} ms, p99 ${applyLatencyMs.p99 ?? '-'} ms`],
    ['memory, connections', `most ${report.maxRssMb} MB in one process, ${report.maxConnections} to Postgres`],
    [
      'kills',
      `${kills}; with no failure in them the 95 % upper bound is ${kills > 0 ? ((3 / kills) * 100).toFixed(1) : '-'} % per kill`,
    ],
  ]);
  const faults = columns([
    ['FAULT', 'TIMES'],
    ...Object.entries(report.faults).map(([name, count]) => [name, String(count)]),
  ]);
  const verdicts = columns([
    ['', 'STATE', 'SAYS', 'LOOKED AT'],
    ...report.verdicts.map(({ id, state, says, looked, contradictions }) => [
      id,
      contradictions > 0 ? `BROKEN (${contradictions})` : state,
      says,
      looked,
    ]),
  ]);
  const against = report.verdicts
    .flatMap(({ id, against: lines }) => lines.map((line) => `  ${id}  ${line}\n`))
    .join('');
  return `${facts}\n${faults}\n${verdicts}${against && `\nagainst\n${against}`}\n${LIMITS}\n\n${isGreen(report) ? 'GREEN' : 'RED'}\n`;
}

export function quantile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}

function seconds(ms: number | null): string {
  return ms === null ? '-' : `${(ms / 1000).toFixed(1)} s`;
}
