import { type SessionFact, type SessionRecord, type Standing, byItsEvents, evolve, isDecidedAnew } from '#libs/session';
import type { DataSource } from 'typeorm';
import { loggedEvents } from '../src';

/** How a session stands for somebody who has nothing but its log; whether it is known to send heartbeats no log says. */
export async function standingByLog(source: DataSource, id: string): Promise<string> {
  let record: SessionRecord | undefined;
  let standing: Standing | undefined;
  for (const { did, event } of await loggedEvents(source, id, 10_000)) {
    if (did === 'derived') {
      standing = event as Standing;
      continue;
    }
    const before = record;
    record = evolve(before, event as SessionFact);
    if (before === undefined || standing === undefined || isDecidedAnew(before, record)) standing = byItsEvents(record);
  }
  return standing ? standingText(standing) : 'unknown';
}

export function standingText({ status, health, end_reason: reason }: Standing): string {
  return `${status} ${health === 'reconnecting' ? health : reason}`;
}
