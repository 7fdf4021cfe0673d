import { type EventOn, type LoggedEvent, type TopicName, readEnvelope } from '#libs/contracts';
import { timingOf } from '#libs/session';
import type { LogEntry } from '#libs/session-store';

type Said = Pick<LoggedEvent, 'id' | 'source' | 'type' | 'sequence' | 'timing' | 'data'>;

const iso = (ms: number) => new Date(ms).toISOString();

/** Events are read into epoch ms where producers write RFC 3339. */
const TIMES = new Set(['started_at', 'ended_at', 'scheduled_start_time']);

/** An entry of the log as it is shown. */
export function loggedEventOf(entry: LogEntry): LoggedEvent {
  const { at, recordedAt, did, flags, place } = entry;
  const recorded_at = iso(recordedAt);
  return {
    ...saidIn(entry),
    time: iso(Math.floor(at / 1000)),
    received_at: recorded_at,
    recorded_at,
    did,
    flags,
    place,
  };
}

function saidIn(entry: LogEntry): Said {
  if (entry.did === 'derived') return derived(entry);
  const read = readEnvelope(entry.event);
  return read.ok ? readable(entry, read.event) : unreadable(entry);
}

function readable({ at, brokerTime }: LogEntry, event: EventOn[TopicName]): Said {
  const { id, source, type, time, sequence, odd_sequence } = event;
  const data = event.data && Object.fromEntries(Object.entries(event.data).map(asWritten));
  const timing = timingOf(time, brokerTime ?? Math.floor(at / 1000));
  return { id, source, type, sequence: odd_sequence ?? sequence ?? '0', timing, data };
}

function asWritten([name, value]: [string, unknown]): [string, unknown] {
  return [name, TIMES.has(name) && typeof value === 'number' ? iso(value) : value];
}

/** It has no identity of a producer's; its place in the log is one. */
function derived({ row, index, event }: LogEntry): Said {
  return {
    id: `${row}.${index}`,
    source: 'marquee',
    type: 'derived',
    sequence: '0',
    timing: null,
    data: objectOf(event),
  };
}

/** Of an older version, whose schema took what this one does not: as it is. */
function unreadable({ row, index, event }: LogEntry): Said {
  const { id, source, type, sequence, data } = objectOf(event) ?? {};
  return {
    id: typeof id === 'string' ? id : `${row}.${index}`,
    source: textOf(source),
    type: textOf(type),
    sequence: textOf(sequence) || '0',
    timing: null,
    data: writable(objectOf(data)),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function objectOf(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/** null for what is nested so deeply that it cannot be written. */
function writable(data: Record<string, unknown> | null): Record<string, unknown> | null {
  try {
    JSON.stringify(data);
    return data;
  } catch {
    return null;
  }
}
