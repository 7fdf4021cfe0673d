import { microsOf } from './instant';
import { PlainTimes } from './read-plain-time';

type Attribute = 'specversion' | 'id' | 'source' | 'subject' | 'time' | 'sequence' | 'traceparent' | 'data_base64';
type Unread = Partial<Record<Attribute, unknown>>;

/** The attributes that every event has, as the schema gives them. */
export interface PlainEvent<T, D> {
  specversion: '1.0';
  id: string;
  source: string;
  subject: string;
  /** Epoch ms, and the microseconds below. */
  time: number;
  micros: number;
  type: T;
  data: D;
  sequence?: string;
  traceparent?: string;
}

const PLAIN_TEXT = /^[\x21-\x7e]{1,255}$/;
export const PLAIN_UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;
const PLAIN_SEQUENCE = /^(?:0|[1-9]\d{0,63})$/;
const PLAIN_TRACE = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/** Of `2026-01-31T12:34:56.789Z`: without microseconds. */
const MILLISECONDS_LENGTH = 24;

const times = new PlainTimes();

/**
 * Reads the attributes of an event that is written as nearly all are, at a fraction of what the schema costs. Gives exactly
 * what the schema would give for these attributes, with `type` and `data` as they are given, or null: then the schema has
 * to be asked. The event is one literal: spreading it once would cost more than reading it.
 */
export function readPlainEvent<T, D>(envelope: object, type: T, data: D): PlainEvent<T, D> | null {
  const { specversion, id, source, subject, time, sequence, traceparent, data_base64 } = envelope as Unread;
  if (specversion !== '1.0' || data_base64 !== undefined) return null;
  if (!is(PLAIN_TEXT, id) || !is(PLAIN_TEXT, source) || !is(PLAIN_UUID, subject)) return null;
  const ms = times.read(time);
  if (ms === null || typeof time !== 'string') return null;
  const micros = time.length === MILLISECONDS_LENGTH ? 0 : microsOf(time);
  const event: PlainEvent<T, D> = { specversion, id, source, subject, time: ms, micros, type, data };
  if (sequence !== undefined) {
    const digits = typeof sequence === 'number' && Number.isSafeInteger(sequence) ? String(sequence) : sequence;
    if (!is(PLAIN_SEQUENCE, digits)) return null;
    event.sequence = digits;
  }
  if (traceparent !== undefined) {
    if (!is(PLAIN_TRACE, traceparent)) return null;
    event.traceparent = traceparent;
  }
  return event;
}

export function is(form: RegExp, value: unknown): value is string {
  return typeof value === 'string' && form.test(value);
}
