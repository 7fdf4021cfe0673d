import type { RetentionPolicy } from '#libs/session-store';
import type { DataSource } from 'typeorm';
import type { Part } from './capacity';
import { type Days, dayOf } from './days';
import type { Platform } from './platform';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How many rows, or events, of each part there are to be. */
export type Kept = Record<Part, number>;

/** What was sent, by the days that the inbox and the log file it under. */
export interface Sent {
  platform: Platform;
  beginMs: number;
  endMs: number;
  /** Lifecycle and reference events by their own time. */
  inbox: Days;
  /** The same events by the time at which they came. */
  log: Days;
}

/** What a record has to hold that has let go all that is old by now, and nothing else. */
export function keptOf({ platform, beginMs, endMs, inbox, log }: Sent, policy: RetentionPolicy, nowMs: number): Kept {
  // Whole days leave.
  const from = (keepMs: number) => Math.max(dayOf(nowMs - keepMs), beginMs);
  const tens = from(policy.viewersTenSecondsHours * HOUR_MS);
  const minutes = Math.min(from(policy.viewersMinutesDays * DAY_MS), tens);
  const events = from((policy.eventsDays ?? Infinity) * DAY_MS);
  // A count at the first moment of a kept day is of that day.
  const steps = (fromMs: number, toMs: number, stepMs: number) =>
    platform.stepsCounted({ from: fromMs - 1, to: toMs - 1 }, stepMs);
  return {
    inbox: inbox.from(events),
    'session log': log.from(events),
    'ten seconds': steps(tens, endMs + 1, 10_000),
    minutes: steps(minutes, tens, MINUTE_MS),
    hours: steps(beginMs, minutes, HOUR_MS),
    sessions: platform.sessionsBy(endMs),
  };
}

/** What the record holds. The log has a row for each slice and session, with all events of it. */
export async function heldBy(source: DataSource): Promise<Kept> {
  const [held] = (await source.query(
    `SELECT (SELECT count(*) FROM event_inbox)::float8 AS inbox,
       (SELECT coalesce(sum(json_array_length(entries::json)), 0) FROM session_log WHERE topic IS NOT NULL)::float8 AS log,
       (SELECT count(*) FROM viewer_buckets)::float8 AS "ten seconds",
       (SELECT count(*) FROM viewer_minutes)::float8 AS minutes,
       (SELECT count(*) FROM viewer_hours)::float8 AS hours,
       (SELECT count(*) FROM sessions)::float8 AS sessions`,
  )) as [Kept];
  return held;
}

/** Throws where the record holds more, or less. */
export function expectKept(held: Kept, kept: Kept): void {
  const wrong = (Object.keys(kept) as Part[]).filter((part) => held[part] !== kept[part]);
  if (wrong.length === 0) return;
  throw new Error(wrong.map((part) => `${part}: the record holds ${held[part]}, expected ${kept[part]}`).join('; '));
}
