import type { BesideSchema } from './beside-schema';
import { instant, microsOf } from './instant';
import type { ViewersCounted } from './viewer-events';

type Unread = Partial<Record<keyof ViewersCounted | 'data_base64', unknown>>;

const PLAIN_TEXT = /^[\x21-\x7e]{1,255}$/;
const PLAIN_UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;
const PLAIN_SEQUENCE = /^(?:0|[1-9]\d{0,63})$/;
/** `2026-01-31T12:34:`; what is left of the time is `56.789Z` or has up to nine digits behind the point. */
const MINUTE_LENGTH = 17;
const PLAIN_SECONDS = /^[0-5]\d\.\d{3,9}Z$/;
/** The length of `56.789Z`: without microseconds. */
const MILLISECONDS_LENGTH = 7;
const MOST_VIEWERS = 100_000_000;

/** The last minute that was read, and when it begins (epoch ms): neighbours in a topic are of the same few minutes. */
let known = { minute: '', beginsAt: 0 };

/**
 * Reads a viewer count that is written as nearly all are, at a fraction of what its schema costs. Gives exactly what the
 * schema would give, or null: then the schema has to be asked.
 */
export function readPlainCount(envelope: object): (ViewersCounted & BesideSchema) | null {
  const { specversion, type, id, source, subject, time, sequence, traceparent, data, data_base64 } = envelope as Unread;
  if (specversion !== '1.0' || type !== 'viewers.counted.v1' || traceparent !== undefined) return null;
  if (data_base64 !== undefined) return null;
  if (!is(PLAIN_TEXT, id) || !is(PLAIN_TEXT, source) || !is(PLAIN_UUID, subject)) return null;
  const read = plainTime(time);
  const viewer_count = plainCount(data);
  if (read === null || viewer_count === null) return null;
  const event = { specversion, id, source, subject, ...read, type, data: { viewer_count } } as const;
  if (sequence === undefined) return event;
  return is(PLAIN_SEQUENCE, sequence) ? { ...event, sequence } : null;
}

function is(form: RegExp, value: unknown): value is string {
  return typeof value === 'string' && form.test(value);
}

function plainTime(time: unknown): { time: number; micros: number } | null {
  if (typeof time !== 'string') return null;
  const rest = time.slice(MINUTE_LENGTH);
  if (!PLAIN_SECONDS.test(rest)) return null;
  const minute = time.slice(0, MINUTE_LENGTH);
  if (minute !== known.minute) {
    const begin = instant.safeParse(`${minute}00.000Z`);
    if (!begin.success) return null;
    known = { minute, beginsAt: begin.data };
  }
  const ms = Number(rest.slice(0, 2)) * 1000 + Number(rest.slice(3, 6));
  return { time: known.beginsAt + ms, micros: rest.length === MILLISECONDS_LENGTH ? 0 : microsOf(rest) };
}

function plainCount(data: unknown): number | null {
  if (typeof data !== 'object' || data === null) return null;
  const { viewer_count: count } = data as { viewer_count?: unknown };
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 && count <= MOST_VIEWERS ? count : null;
}
