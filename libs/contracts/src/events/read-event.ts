import { LATEST_TIME_MS, OLDEST_TIME_MS, uuid } from './field';
import { type EnvelopeProblem, type EventOn, readEnvelope } from './read-envelope';
import type { TopicName } from './topics';

type HeaderValue = Uint8Array | string | (Uint8Array | string)[] | undefined;

/** A record as Kafka has it. `timestamp`: the broker's, epoch ms. */
export interface RawRecord {
  key: Uint8Array | null;
  value: Uint8Array | null;
  headers: Record<string, HeaderValue>;
  timestamp: number;
}

/** Why a record cannot be read; stable, stands in the quarantine. */
export type UnreadableReason =
  | 'no-key'
  | 'no-value'
  | 'too-large'
  | 'not-utf8'
  | 'not-json'
  | 'schema'
  | 'unknown-type'
  | 'wrong-topic'
  | 'key-mismatch';

export type ReadResult<T extends TopicName> =
  | {
      ok: true;
      kind: 'event';
      event: EventOn[T];
      /** min(event's time, broker's timestamp), epoch ms. */
      at: number;
      /** The broker's timestamp, epoch ms; the event's time where the broker tells none. */
      brokerTime: number;
    }
  | { ok: true; kind: 'tombstone'; id: string; at: number }
  | { ok: false; reason: UnreadableReason; error: string };

export const MAX_EVENT_BYTES = 1_000_000;

// A byte order mark is kept, and then is not JSON.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a CloudEvent in structured or binary mode. Never throws, whatever the bytes. */
export function readEvent<T extends TopicName>(topic: T, record: RawRecord): ReadResult<T> {
  const key = textOf(record.key);
  if (record.key === null || record.key.length === 0) return unreadable('no-key', 'the record has no key');
  if (key === null) return unreadable('not-utf8', 'the key is not UTF-8');
  if (record.value === null) return tombstone(topic, key, record.timestamp);
  if (record.value.length === 0) return unreadable('no-value', 'the value is empty');
  if (record.value.length > MAX_EVENT_BYTES) {
    return unreadable('too-large', `the value has ${record.value.length} bytes, at most ${MAX_EVENT_BYTES} are read`);
  }
  const value = textOf(record.value);
  if (value === null) return unreadable('not-utf8', 'the value is not UTF-8');
  try {
    const body: unknown = JSON.parse(value);
    const envelope = 'ce_specversion' in record.headers ? binaryEnvelope(record.headers, body) : body;
    return check(topic, key, envelope, record.timestamp);
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
  const brokerTime = isTime(timestamp) ? timestamp : event.time;
  return { ok: true, kind: 'event', event, at: Math.min(event.time, brokerTime), brokerTime };
}

/** A topic whose timestamps are the producers' may have any number, and -1 where there is none. */
function isTime(timestamp: number): boolean {
  return timestamp >= OLDEST_TIME_MS && timestamp <= LATEST_TIME_MS;
}

function tombstone<T extends TopicName>(topic: T, key: string, timestamp: number): ReadResult<T> {
  if (topic !== 'directory') return unreadable('no-value', `there are no tombstones on the topic ${topic}`);
  const id = uuid.safeParse(key);
  if (!id.success) return unreadable('schema', 'key: must be a UUID');
  return { ok: true, kind: 'tombstone', id: id.data, at: timestamp };
}

/** Binary mode: attributes in `ce_` headers, the value is `data`. A repeated header stays a list and fails its schema. */
function binaryEnvelope(headers: RawRecord['headers'], data: unknown): object {
  const attributes = Object.entries(headers)
    .filter(([name]) => name.startsWith('ce_'))
    .map(([name, value]) => [name.slice('ce_'.length), Array.isArray(value) ? value : headerText(value)]);
  return { ...(Object.fromEntries(attributes) as object), data };
}

function headerText(value: Uint8Array | string | undefined): string | null {
  return typeof value === 'string' ? value : value === undefined ? null : textOf(value);
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
