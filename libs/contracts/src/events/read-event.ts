import { contentMode } from './content-mode';
import { uuid } from './field';
import { LATEST_EXACT_MS, OLDEST_TIME_MS } from './instant';
import { type EnvelopeProblem, type EventOn, readEnvelope } from './read-envelope';
import { type RecordHeaders, attributesIn, readHeaders } from './record-headers';
import type { TopicName } from './topics';

/** A record as Kafka has it. `timestamp`: the broker's, epoch ms. */
export interface RawRecord {
  key: Uint8Array | null;
  value: Uint8Array | null;
  headers: RecordHeaders;
  timestamp: number;
}

/** Why a record cannot be read; stable, stands in the quarantine. */
export type UnreadableReason =
  | 'no-key'
  | 'no-value'
  | 'content-type'
  | 'too-large'
  | 'not-utf8'
  | 'not-json'
  | 'data-base64'
  | 'schema'
  | 'unknown-type'
  | 'wrong-topic'
  | 'key-mismatch';

export type ReadResult<T extends TopicName> =
  | {
      ok: true;
      kind: 'event';
      event: EventOn[T];
      /** The event's time, at the latest the end of the broker's millisecond; epoch µs. */
      at: number;
      /** The broker's timestamp, epoch ms; the event's time where the broker tells none that can be believed. */
      brokerTime: number;
    }
  /** `at`: the end of the broker's millisecond, epoch µs. */
  | { ok: true; kind: 'tombstone'; id: string; at: number }
  | { ok: false; reason: UnreadableReason; error: string };

export const MAX_EVENT_BYTES = 1_000_000;

// Keep a byte order mark: the text is then no JSON, and is refused.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a CloudEvent in structured or binary mode. Never throws, whatever the bytes. */
export function readEvent<T extends TopicName>(topic: T, record: RawRecord): ReadResult<T> {
  const { value, timestamp } = record;
  const key = textOf(record.key);
  if (record.key === null || record.key.length === 0) return unreadable('no-key', 'the record has no key');
  if (key === null) return unreadable('not-utf8', 'the key is not UTF-8');
  const { mediaType, ofEvent } = readHeaders(record.headers);
  const hasAttributes = ofEvent.length > 0;
  const isEmpty = value === null || value.length === 0;
  if (isEmpty && !hasAttributes) return tombstone(topic, key, timestamp);
  if (mediaType === null) return unreadable('content-type', 'content-type: its values differ');
  const mode = contentMode(mediaType, hasAttributes);
  if (mode === 'batch' || mode === 'foreign') {
    return unreadable(
      'content-type',
      `content-type: ${mediaType.slice(0, 100)} is not read here: a record is one event in JSON`,
    );
  }
  if (isEmpty && mode === 'structured') {
    return unreadable('no-value', `the value is empty, and content-type ${mediaType} says that it is the event`);
  }
  const body = isEmpty ? ABSENT : parse(value);
  if (!body.ok) return body;
  if (mode !== 'binary') return check(topic, key, body.json, timestamp);
  const { attributes, problems } = attributesIn(ofEvent);
  if (problems.length > 0) return unreadable('schema', describe(problems));
  return check(topic, key, { ...attributes, data: body.json }, timestamp);
}

type ParsedValue = { ok: true; json: unknown } | { ok: false; reason: UnreadableReason; error: string };

/** The data of an event in binary mode whose value is null or has no bytes. */
const ABSENT: ParsedValue = { ok: true, json: undefined };

function parse(value: Uint8Array): ParsedValue {
  if (value.length > MAX_EVENT_BYTES) {
    return unreadable('too-large', `the value has ${value.length} bytes, at most ${MAX_EVENT_BYTES} are read`);
  }
  const text = textOf(value);
  if (text === null) return unreadable('not-utf8', 'the value is not UTF-8');
  try {
    return { ok: true, json: JSON.parse(text) };
  } catch (error) {
    return unreadable('not-json', error instanceof Error ? error.message : 'the value is not JSON');
  }
}

function check<T extends TopicName>(topic: T, key: string, envelope: unknown, timestamp: number): ReadResult<T> {
  const read = readEnvelope(envelope);
  if (!read.ok) return unreadable(read.reason, describe(read.problems));
  if (read.topic !== topic) {
    return unreadable('wrong-topic', `type: ${read.event.type} belongs on the topic ${read.topic}`);
  }
  const event = read.event as EventOn[T];
  if (event.subject !== key.toLowerCase()) {
    return unreadable('key-mismatch', `subject: is ${event.subject}, the key is ${key.slice(0, 100)}`);
  }
  const brokerTime = isBelieved(timestamp) ? timestamp : Math.min(event.time, LATEST_EXACT_MS);
  const at = Math.min(event.time * 1000 + event.micros, endOf(brokerTime));
  return { ok: true, kind: 'event', event, at, brokerTime };
}

/**
 * Within the years whose microseconds are exact integers. A topic whose timestamps are the producers' may have any
 * number, and -1 where there is none.
 */
function isBelieved(timestamp: number): boolean {
  return timestamp >= OLDEST_TIME_MS && timestamp <= LATEST_EXACT_MS;
}

/** The last microsecond of a broker's millisecond: on a fast network an event arrives in the one in which it happened. */
function endOf(brokerTime: number): number {
  return brokerTime * 1000 + 999;
}

function tombstone<T extends TopicName>(topic: T, key: string, timestamp: number): ReadResult<T> {
  if (topic !== 'directory') return unreadable('no-value', `there are no tombstones on the topic ${topic}`);
  const id = uuid.safeParse(key);
  if (!id.success) return unreadable('schema', 'key: must be a UUID');
  const brokerTime = Math.max(OLDEST_TIME_MS, Math.min(timestamp, LATEST_EXACT_MS));
  return { ok: true, kind: 'tombstone', id: id.data, at: endOf(brokerTime) };
}

function textOf(bytes: Uint8Array | null): string | null {
  try {
    return bytes && utf8.decode(bytes);
  } catch {
    return null;
  }
}

function describe(problems: EnvelopeProblem[]): string {
  return problems
    .slice(0, 5)
    .map(({ path, message }) => `${path || 'event'}: ${message}`)
    .join('; ');
}

function unreadable(reason: UnreadableReason, error: string) {
  return { ok: false, reason, error } as const;
}
