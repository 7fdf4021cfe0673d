import type { EventOn } from '#libs/contracts';
import { type Derived, type Did, type SessionRecord, derive, didOf, evolve } from '#libs/session';
import type { DataSource } from 'typeorm';
import { takeoversOf } from '../claims/takeovers';
import { heldFold } from '../folds/held-fold';
import { identityOf, isKeptAs } from '../inbox/identity';
import { leftAt } from '../retention/left-at';

/** What an event would do, or why it could not be taken. */
export type SessionOutlook =
  { did: Did; changes: { field: string; from: unknown; to: unknown }[] } | { reason: string; error: string };

/** As it was read. */
export interface ReadSessionEvent {
  event: EventOn['sessions'];
  /** Epoch µs, and ms. */
  at: number;
  brokerTime: number;
}

const TIMES = new Set(['started_at', 'ended_at', 'scheduled_start_time', 'created_at']);
/** They are no content that anybody is shown. */
const OWN = new Set(['next_check_at', 'counts_after', 'updated_at', 'id']);

/**
 * What a replay of an event would do to its session, by the same fold, without a lock and without a trace. It does not look
 * at the neighbours in the room, which a start may end.
 */
export async function outlookOfSession(source: DataSource, read: ReadSessionEvent): Promise<SessionOutlook> {
  const { event, at, brokerTime } = read;
  const left = (await leftAt(source, [event.subject])).get(event.subject);
  if (left !== undefined && brokerTime < left) {
    return { reason: 'too-old', error: `subject: the session ${event.subject} has left the record since` };
  }
  const identity = identityOf(read, Date.now());
  const [known] = (await source.query(KNOWN, [identity.identity, dayOf(identity.day)])) as { content: string }[];
  const content = known?.content.replaceAll('-', '');
  if (content !== undefined && content !== identity.content && !isKeptAs(content, event)) {
    return { reason: 'id-conflict', error: 'an event with the same source and id says something else' };
  }
  if (content !== undefined) return { did: 'duplicate', changes: [] };
  const before = await heldFold(source, event.subject);
  const fact = { ...event, at, brokerTime };
  const after = evolve(before, fact);
  return { did: didOf(before, after, fact), changes: await changesBetween(source, before, after) };
}

async function changesBetween(source: DataSource, before: SessionRecord | undefined, after: SessionRecord) {
  const takeoverOf = async (record: SessionRecord) => (await takeoversOf(source, [record])).get(record.id);
  const then = before && derive(before, await takeoverOf(before));
  const now = derive(after, await takeoverOf(after));
  return (Object.keys(now) as (keyof Derived)[])
    .filter((field) => !OWN.has(field) && now[field] !== (then?.[field] ?? null))
    .map((field) => ({ field, from: shown(field, then?.[field]), to: shown(field, now[field]) }));
}

function shown(field: string, value: unknown): unknown {
  return TIMES.has(field) && typeof value === 'number' ? new Date(value).toISOString() : (value ?? null);
}

function dayOf(day: number): string {
  return day === -Infinity ? '-infinity' : new Date(day).toISOString().slice(0, 10);
}

const KNOWN = `SELECT content FROM event_inbox WHERE identity = $1 AND day = $2`;
