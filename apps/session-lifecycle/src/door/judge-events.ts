import { hash } from 'node:crypto';
import {
  type ErrorDetail,
  MAX_EVENT_BYTES,
  MAX_SENT_EVENTS,
  type TopicName,
  eventContent,
  readEnvelope,
  whyTooOld,
} from '#libs/contracts';

/** An event that may go to Kafka, as it goes there. */
export interface SendableEvent {
  id: string;
  source: string;
  topic: TopicName;
  /** The Kafka key. */
  subject: string;
  /** Structured JSON. */
  value: Buffer;
  /** A digest of what it says: equal for equal content, however it is written. */
  content: string;
}

export interface Judged {
  events: SendableEvent[];
  /** What is wrong, at which place; with any of it nothing is sent. */
  problems: ErrorDetail[];
}

/** A body that is wrong from end to end is not repeated in its answer. */
const MAX_PROBLEMS = 100;

/** By when events are judged, epoch ms, and how late they may come. */
export interface JudgedBy {
  now: number;
  horizonMs: number;
}

/** An event may wait for Kafka for so long after it was judged. */
const ON_ITS_WAY_MS = 60_000;

/**
 * Judges parsed events by the rules by which they are read from Kafka: what passes here is not quarantined there.
 * `isBatch`: places begin with the event's index (`3.data.title`).
 */
export function judgeEvents(envelopes: readonly unknown[], isBatch: boolean, by: JudgedBy): Judged {
  if (envelopes.length > MAX_SENT_EVENTS) {
    const message = `must have at most ${MAX_SENT_EVENTS} events, not ${envelopes.length}`;
    return { events: [], problems: [{ parameter: '(whole)', message }] };
  }
  const events: SendableEvent[] = [];
  const problems: ErrorDetail[] = [];
  const identities = new Map<string, { index: number; content: string }>();
  for (const [index, envelope] of envelopes.entries()) {
    const judged = judge(envelope, by);
    if (!Array.isArray(judged)) {
      events.push(judged);
      const first = known(identities, judged, index);
      if (first.content !== judged.content)
        problems.push(contradicts(first.index, index), contradicts(index, first.index));
    } else problems.push(...judged.map((problem) => placed(problem, isBatch ? index : null)));
    if (problems.length >= MAX_PROBLEMS) break;
  }
  return { events, problems: problems.slice(0, MAX_PROBLEMS) };
}

/** Names a place in the request: `3.data.title`, of a single event `data.title`. */
export function placed({ path, message }: { path: string; message: string }, index: number | null): ErrorDetail {
  const parts = [index === null ? '' : String(index), path].filter((part) => part !== '');
  return { parameter: parts.join('.') || '(whole)', message };
}

/** The first event of this request that has the same source and id. */
function known(identities: Map<string, { index: number; content: string }>, event: SendableEvent, index: number) {
  const identity = identityOf(event);
  const first = identities.get(identity) ?? { index, content: event.content };
  identities.set(identity, first);
  return first;
}

function contradicts(index: number, other: number): ErrorDetail {
  return placed({ path: 'id', message: `event ${other} has the same source and id with other content` }, index);
}

/** By what an event is known again. */
export function identityOf({ source, id }: Pick<SendableEvent, 'source' | 'id'>): string {
  return JSON.stringify([source, id]);
}

function judge(envelope: unknown, { now, horizonMs }: JudgedBy): SendableEvent | { path: string; message: string }[] {
  const read = readEnvelope(envelope);
  if (!read.ok) return read.problems;
  const timed = { at: read.event.time * 1000, brokerTime: now + ON_ITS_WAY_MS };
  if (whyTooOld(read.topic, timed, horizonMs) !== null) {
    return [{ path: 'time', message: `must not be more than ${horizonMs / 3_600_000} hours ago` }];
  }
  const value = written(envelope);
  if (value === undefined) return [{ path: '', message: 'must not be nested so deeply' }];
  if (value.length > MAX_EVENT_BYTES) {
    return [{ path: '', message: `must have at most ${MAX_EVENT_BYTES} bytes, not ${value.length}` }];
  }
  const { id, source, subject, data } = read.event;
  const content = hash('sha256', eventContent(read.event, JSON.stringify(data)), 'base64');
  return { id, source, subject, topic: read.topic, value, content };
}

/** undefined: deeper than can be written. */
function written(envelope: unknown): Buffer | undefined {
  try {
    return Buffer.from(JSON.stringify(envelope));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
