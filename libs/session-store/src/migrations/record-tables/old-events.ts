import type { SessionFact } from '#libs/session';
import type { QueryRunner } from 'typeorm';

/** An event as the older log has it: times in epoch ms, data as it was parsed. */
export interface OldEvent {
  id: string;
  source: string;
  subject: string;
  type: string;
  time: number;
  broker_time: number | null;
  at: number;
  seq: string;
  odd_sequence: string | null;
  received_at: number;
  payload: Record<string, unknown> | null;
}

/** What the log has of sessions; of the heartbeats of each the one whose signal is the latest. */
export async function eventsOf(runner: QueryRunner, subjects: readonly string[]): Promise<OldEvent[]> {
  const rows = (await runner.query(EVENTS, [subjects])) as Record<keyof OldEvent, unknown>[];
  return rows.map((row) => {
    const { time, broker_time: broker, at, received_at: received, ...rest } = row;
    const times = { time: Number(time), at: Number(at), received_at: Number(received) };
    return { ...rest, ...times, broker_time: broker === null ? null : Number(broker) } as OldEvent;
  });
}

// A session may have beaten a hundred thousand times. When a signal was: as `signalTimeOf` says.
const EVENTS = `
  SELECT id, source, subject, type, extract(epoch FROM time) * 1000 AS time, extract(epoch FROM at) * 1000 AS at,
    extract(epoch FROM broker_time) * 1000 AS broker_time, seq, odd_sequence,
    extract(epoch FROM received_at) * 1000 AS received_at, payload
  FROM (
    SELECT * FROM event_log WHERE subject = ANY($1::uuid[]) AND type <> 'session.heartbeat.v1'
    UNION ALL
    SELECT * FROM (
      SELECT DISTINCT ON (subject) * FROM event_log WHERE subject = ANY($1::uuid[]) AND type = 'session.heartbeat.v1'
      ORDER BY subject, CASE WHEN broker_time IS NULL THEN at WHEN broker_time - time <= interval '10 minutes' THEN broker_time
        ELSE time END DESC
    ) AS latest
  ) AS said
  ORDER BY subject, received_at, at, seq, source, id`;

/** The time that orders it, epoch µs: clamped to the end of the broker's millisecond. The older log had no digits below. */
export function microsOf({ time, broker_time: broker, at }: OldEvent): number {
  return broker === null ? at * 1000 : Math.min(time * 1000, broker * 1000 + 999);
}

export function factOf(event: OldEvent): SessionFact {
  const { id, source, subject, type, time, seq, payload, at, broker_time: broker } = event;
  return {
    specversion: '1.0',
    id,
    source,
    subject,
    type,
    time,
    micros: 0,
    sequence: seq,
    traceparent: null,
    data: payload,
    at: microsOf(event),
    // Where it was not noted, a signal counted at its own time.
    brokerTime: broker ?? at,
  } as SessionFact;
}

/** As producers write it. */
export function cloudEventOf({ id, source, subject, type, time, seq, odd_sequence: odd, payload }: OldEvent): object {
  const sequence = odd ?? (seq === '0' ? undefined : seq);
  return {
    specversion: '1.0',
    id,
    source,
    subject,
    type,
    time: new Date(time).toISOString(),
    ...(sequence !== undefined && { sequence }),
    ...(payload !== null && { data: Object.fromEntries(Object.entries(payload).map(asWritten)) }),
  };
}

const TIMES = new Set(['scheduled_start_time', 'started_at', 'ended_at', 'created_at', 'updated_at']);

function asWritten([name, value]: [string, unknown]): [string, unknown] {
  return [name, TIMES.has(name) && typeof value === 'number' ? new Date(value).toISOString() : value];
}
