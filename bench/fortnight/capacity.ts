import { COUNTED_EVERY_MS, EVENTS_PER_SESSION, LASTS_MS } from './platform';

const DAY_MS = 86_400_000;

/** What takes room in Postgres and grows with the load; its tables. */
export const PARTS = {
  inbox: ['event_inbox'],
  log: ['session_log'],
  'ten seconds': ['viewer_buckets'],
  minutes: ['viewer_minutes'],
  hours: ['viewer_hours'],
  sessions: ['sessions', 'session_texts', 'session_counts', 'session_folds', 'session_signals', 'room_claims'],
} as const;

export type Part = keyof typeof PARTS;

/**
 * Bytes of a row with its share of the indices, and how many rows a day 1000 live sessions give: those that last two hours,
 * are said ten events of, and are counted every ten seconds. `docs/operations.md` states them (see the test), and the bench
 * `fortnight` measures them.
 */
export const STATED: Record<Part, { of: string; bytes: number; rowsADay: number }> = {
  inbox: { of: 'event', bytes: 100, rowsADay: eventsADay() },
  log: { of: 'event', bytes: 500, rowsADay: eventsADay() },
  'ten seconds': { of: 'ten seconds with a count', bytes: 200, rowsADay: (1000 * DAY_MS) / COUNTED_EVERY_MS },
  minutes: { of: 'minute with a count', bytes: 200, rowsADay: (1000 * DAY_MS) / 60_000 },
  hours: { of: 'hour with a count', bytes: 200, rowsADay: sessionsADay() * 3 },
  sessions: { of: 'session', bytes: 2000, rowsADay: sessionsADay() },
};

function sessionsADay(): number {
  return (1000 * DAY_MS) / LASTS_MS;
}

function eventsADay(): number {
  return sessionsADay() * EVENTS_PER_SESSION;
}
