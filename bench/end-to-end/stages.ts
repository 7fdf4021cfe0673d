import { percentile } from './latencies';
import type { Observed, Seen } from './observing.main';
import type { Acked } from './producer.main';
import type { Witnessed } from './watching.main';

const KINDS = ['start', 'end', 'count'] as const;
type Kind = (typeof KINDS)[number];
type Times = Record<Kind, Map<string, number | [count: number, at: number][]>>;

/**
 * When events had come how far, since their acknowledgement, as lines of a table: ms at p50 and p99. `recorded`: seen in
 * Postgres; `projected`: read from the projection's log; `framed`: the first client has it; `received`: each client has it.
 */
export function stagesTable(
  acked: readonly Acked[],
  observed: Observed,
  witnessed: readonly Witnessed[],
  warmMs: number,
) {
  const warmAt = (acked[0]?.ackedAt ?? 0) + warmMs;
  const clients = witnessed.map(({ firstSeen: start, removed: end, counts: count }) => timesOf({ start, end, count }));
  const stages = {
    recorded: [timesOf(observed.recorded)],
    projected: [timesOf(observed.projected)],
    framed: clients,
    received: clients,
  };
  const header = [
    'since the ack, ms'.padEnd(18),
    ...Object.keys(stages).map((stage) => `${stage} p50 / p99`.padStart(22)),
  ];
  const lines = KINDS.filter((kind) => acked.some((event) => event.kind === kind)).map((kind) => {
    const events = acked.filter((event) => event.kind === kind && event.ackedAt >= warmAt);
    const cells = Object.entries(stages).map(([stage, witnesses]) => {
      const all = events.flatMap((event) => {
        const since = witnesses.map((times) => (timeOf(times, event) ?? NaN) - event.ackedAt);
        return stage === 'framed' ? [Math.min(...since)] : since;
      });
      all.sort((a, b) => a - b);
      return `${percentile(all, 50)} / ${percentile(all, 99)}`.padStart(22);
    });
    return [`${kind}s (${events.length})`.padEnd(18), ...cells];
  });
  return [header, ...lines].map((cells) => cells.join('')).join('\n');
}

function timesOf({ start, end, count }: Seen): Times {
  return { start: new Map(start), end: new Map(end), count: new Map(count) };
}

/** A later count shows an earlier one as well. */
function timeOf(times: Times, event: Acked): number | undefined {
  const found = times[event.kind].get(event.id);
  if (event.kind !== 'count') return typeof found === 'number' ? found : undefined;
  return Array.isArray(found) ? found.find(([count]) => count >= event.count)?.[1] : undefined;
}
