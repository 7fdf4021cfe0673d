import type { DataSource } from 'typeorm';
import { loggedAt } from '../session-log/logged-events';
import type { LogEntry } from '../session-log/read-entries';
import { type QuarantinedAt, quarantinedAt } from './quarantined-at';

/** What became of the message at a place of Kafka. */
export type PlaceState =
  | { state: 'unseen' }
  | { state: 'recorded'; subject: string; entry: LogEntry }
  | { state: 'quarantined'; quarantined: QuarantinedAt }
  | { state: 'gap'; gap: { from: string; to: string; why: string; foundAt: Date } }
  | { state: 'forgotten' }
  | { state: 'passed' };

/**
 * Looks a place up, in the order in which one answer rules out the next; each look is one into an index. The log and the
 * quarantine are written in the transaction that moves the progress: of a place behind it they say all that they ever will,
 * but for what a person replays later.
 */
export async function placeState(
  source: DataSource,
  topic: string,
  partition: number,
  offset: string,
): Promise<PlaceState> {
  const place = [topic, partition, offset];
  const [progress] = (await source.query(IS_BEHIND, place)) as { is_behind: boolean }[];
  if (progress?.is_behind !== true) return { state: 'unseen' };

  const logged = await loggedAt(source, topic, partition, offset);
  if (logged) {
    const { subject, ...entry } = logged;
    return { state: 'recorded', subject, entry };
  }

  const quarantined = await quarantinedAt(source, topic, partition, offset);
  if (quarantined) return { state: 'quarantined', quarantined };

  const [gap] = (await source.query(MISSING, place)) as { from: string; to: string; why: string; found_at: Date }[];
  if (gap) return { state: 'gap', gap: { from: gap.from, to: gap.to, why: gap.why, foundAt: gap.found_at } };

  const [forgotten] = (await source.query(FORGOTTEN, place)) as unknown[];
  return { state: forgotten === undefined ? 'passed' : 'forgotten' };
}

const IS_BEHIND = `SELECT next_offset > $3 AS is_behind FROM ingest_progress WHERE topic = $1 AND partition = $2`;

const MISSING = `
  SELECT from_offset AS "from", to_offset AS "to", why, found_at FROM (
    SELECT from_offset, to_offset, why, found_at FROM ingest_gaps
    WHERE topic = $1 AND partition = $2 AND kind = 'missing' AND from_offset <= $3 ORDER BY from_offset DESC LIMIT 1) AS near
  WHERE to_offset > $3`;

const FORGOTTEN = `SELECT FROM log_forgotten WHERE topic = $1 AND partition = $2 AND below > $3`;
