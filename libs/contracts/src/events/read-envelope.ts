import type { z } from 'zod';
import { type BesideSchema, besideSchema } from './beside-schema';
import { decodeData } from './data-base64';
import type { DirectoryEvent } from './directory-events';
import { readPlainCount } from './read-plain-count';
import { readPlainSession } from './read-plain-session';
import type { SessionEvent } from './session-events';
import { EVENT_TYPES, type TopicName } from './topics';
import type { ViewersCounted } from './viewer-events';

export type EventOn = {
  sessions: SessionEvent & BesideSchema;
  viewers: ViewersCounted & BesideSchema;
  directory: DirectoryEvent & BesideSchema;
};

/** Where an envelope is wrong (`data.title`; empty: as a whole), and what must be there. */
export interface EnvelopeProblem {
  path: string;
  message: string;
}

export type ReadEnvelope =
  | { ok: true; topic: TopicName; event: EventOn[TopicName] }
  | { ok: false; reason: 'schema' | 'unknown-type' | 'data-base64'; problems: EnvelopeProblem[] };

/** Reads a parsed CloudEvent, by the same rules for Kafka and HTTP. Never throws. */
export function readEnvelope(envelope: unknown): ReadEnvelope {
  const type = typeof envelope === 'object' && envelope !== null && 'type' in envelope ? envelope.type : undefined;
  if (typeof type !== 'string') return wrong('schema', 'type', 'must be the name of an event type');
  const plain = readPlain(envelope as object);
  if (plain) return plain;
  const known = EVENT_TYPES.get(type);
  if (!known) return wrong('unknown-type', 'type', `there is no event type ${JSON.stringify(type.slice(0, 100))}`);
  const decoded = decodeData(envelope as object);
  if (!decoded.ok) return wrong('data-base64', 'data_base64', decoded.message);
  const parsed = known.schema.safeParse(decoded.envelope);
  if (!parsed.success) return { ok: false, reason: 'schema', problems: parsed.error.issues.map(problemOf) };
  return {
    ok: true,
    topic: known.topic,
    event: { ...parsed.data, ...besideSchema(envelope as { time: string }, parsed.data.sequence) },
  };
}

/** Reads an event of the usual form quickly; null: only the schema can decide. */
function readPlain(envelope: object): ReadEnvelope | null {
  const count = readPlainCount(envelope);
  if (count) return { ok: true, topic: 'viewers', event: count };
  const session = readPlainSession(envelope);
  return session && { ok: true, topic: 'sessions', event: session };
}

function problemOf({ path, message }: z.core.$ZodIssue): EnvelopeProblem {
  return { path: path.join('.'), message };
}

function wrong(reason: 'schema' | 'unknown-type' | 'data-base64', path: string, message: string): ReadEnvelope {
  return { ok: false, reason, problems: [{ path, message }] };
}
