import { readEvent } from '#libs/contracts';
import { type SessionFact, msOf } from '#libs/session';
import type { QueryRunner } from 'typeorm';
import { type LogEntry, type StoredRow, isOfSession, readEntries } from '../session-log/read-entries';

/**
 * What the log has of sessions, as the fold takes it; by session. One of whose events the schemas cannot read any more is
 * given without any. The caller has the locks of the sessions.
 */
export async function factsOfLog(runner: QueryRunner, ids: readonly string[]): Promise<Map<string, SessionFact[]>> {
  const rows = (await runner.query(ROWS, [ids])) as (StoredRow & { subject: string })[];
  const facts = new Map<string, SessionFact[]>();
  const unreadable = new Set<string>();
  for (const row of rows) {
    const found = readEntries(row)
      .filter((one) => one.did !== 'derived' && isOfSession(one))
      .map(factOf);
    if (found.includes(null)) unreadable.add(row.subject);
    facts.set(row.subject, [...(facts.get(row.subject) ?? []), ...found.filter((fact) => fact !== null)]);
  }
  for (const id of unreadable) facts.delete(id);
  return facts;
}

/** At the time that orders it, as it was clamped when it was recorded. */
function factOf({ event, at, brokerTime }: LogEntry): SessionFact | null {
  const timestamp = brokerTime ?? msOf(at);
  const subject = (event as { subject?: string }).subject ?? '';
  const record = { key: Buffer.from(subject), value: Buffer.from(JSON.stringify(event)), headers: {}, timestamp };
  const read = readEvent('sessions', record);
  return read.ok && read.kind === 'event' ? { ...read.event, at, brokerTime: timestamp } : null;
}

const ROWS = `
  SELECT id, subject, topic, partition, recorded_at, entries FROM session_log
  WHERE subject = ANY($1::uuid[]) ORDER BY subject, id`;
