import { write, writeFirst } from './register';
import type { SessionFact, SessionFields, SessionRecord } from './session-record';
import { signalTimeOf } from './timing';
import { type EventToken, earlier, later, msOf } from './token';

/**
 * The fold: record + event → record. Total and silent, the same object when nothing changes. Commutative, associative
 * and idempotent: what depends on passing time or on other sessions is derived (`derive`), never folded.
 */
export function evolve(record: SessionRecord | undefined, fact: SessionFact): SessionRecord {
  const before = record ?? { id: fact.subject, fields: {} };
  const token = tokenOf(fact);
  const after = apply(before, fact, token);
  return record !== undefined && sameRecord(before, after) ? record : after;
}

export function tokenOf(fact: { at: number; sequence?: string | null; source: string; id: string }): EventToken {
  return { at: fact.at, seq: fact.sequence ?? '0', source: fact.source, id: fact.id };
}

function apply(record: SessionRecord, fact: SessionFact, token: EventToken): SessionRecord {
  switch (fact.type) {
    case 'session.scheduled.v1':
      return {
        ...record,
        fields: writeFields(record.fields, present(fact.data), token),
        first_scheduled: earlier(record.first_scheduled, token),
        last_scheduled: later(record.last_scheduled, token),
      };
    case 'session.started.v1':
      return start(record, fact, token);
    case 'session.updated.v1':
      return { ...record, fields: writeFields(record.fields, touched(fact.data), token) };
    case 'session.ended.v1': {
      const saidAt = msOf(token.at);
      const at = Math.min(fact.data.ended_at ?? saidAt, saidAt);
      return { ...record, end: write(record.end, { at, reason: fact.data.reason ?? null }, token) };
    }
    case 'session.heartbeat.v1':
      return { ...record, heartbeats: true, last_signal_at: greatest(record.last_signal_at, signalOf(fact)) };
    case 'session.deleted.v1':
      return { ...record, deleted: true };
  }
}

type Start = Extract<SessionFact, { type: 'session.started.v1' }>;

function start(record: SessionRecord, fact: Start, token: EventToken): SessionRecord {
  const saidAt = msOf(token.at);
  const { lease_seconds: lease, started_at: startedAt, ...fields } = fact.data;
  return {
    ...record,
    fields: writeFields(record.fields, present(fields), token),
    ...(lease != null && { lease: write(record.lease, lease, token) }),
    first_start: earlier(record.first_start, token),
    last_start: later(record.last_start, token),
    started_at: least(record.started_at, Math.min(startedAt ?? saidAt, saidAt)),
    last_signal_at: greatest(record.last_signal_at, signalOf(fact)),
  };
}

function signalOf({ at, brokerTime }: SessionFact): number {
  return signalTimeOf(msOf(at), brokerTime);
}

/** `null` in an event other than `updated` is absent. */
function present(data: Partial<SessionFields>): Partial<SessionFields> {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value != null));
}

/** What `updated` carries: `null` clears, but never title or mode. */
function touched(data: Partial<SessionFields>): Partial<SessionFields> {
  return Object.fromEntries(
    Object.entries(data).filter(
      ([name, value]) => value !== undefined && (value !== null || (name !== 'title' && name !== 'mode')),
    ),
  );
}

function writeFields(fields: SessionRecord['fields'], values: Partial<SessionFields>, token: EventToken) {
  let written = fields;
  for (const [name, value] of Object.entries(values)) {
    const register = fields[name as keyof SessionFields];
    const next = (name === 'room_id' ? writeFirst : write)<unknown>(register, value, token);
    if (next !== register) written = { ...written, [name]: next };
  }
  return written;
}

function sameRecord(a: SessionRecord, b: SessionRecord): boolean {
  return (Object.keys(b) as (keyof SessionRecord)[]).every((key) => a[key] === b[key]);
}

function least(a: number | undefined, b: number): number {
  return a === undefined ? b : Math.min(a, b);
}

function greatest(a: number | undefined, b: number): number {
  return a === undefined ? b : Math.max(a, b);
}
