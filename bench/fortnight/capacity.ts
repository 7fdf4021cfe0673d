import { COUNTED_EVERY_MS, EVENTS_PER_SESSION, LASTS_MS } from './platform';

const DAY_MS = 86_400_000;
/** Of two hours that begin anywhere. */
const HOURS_TOUCHED = 3;

/** What takes room in Postgres and grows with the load; its tables. */
export const PARTS = {
  inbox: ['event_inbox'],
  'session log': ['session_log'],
  'ten seconds': ['viewer_buckets'],
  minutes: ['viewer_minutes'],
  hours: ['viewer_hours'],
  sessions: ['sessions', 'session_texts', 'session_counts', 'session_folds', 'session_signals', 'room_claims'],
} as const;

export type Part = keyof typeof PARTS;

export interface Stated {
  /** What there is a row for. */
  of: string;
  /** Of a row, with its share of the indices and of what is free in its pages. */
  bytes: number;
  /** Of 1000 live sessions. */
  rowsADay: number;
  /** As policy is by default, the day that has begun included; a year of what stays for ever. */
  daysKept: number;
}

/**
 * How large a record is. 1000 sessions are live at any time, each for two hours; of each there are ten events, and it is
 * counted every ten seconds. `docs/operations.md` states this (see the test), and the bench `fortnight` measures it.
 */
export const STATED: Record<Part, Stated> = {
  inbox: { of: 'event', bytes: 140, rowsADay: eventsADay(), daysKept: 31 },
  'session log': { of: 'event', bytes: 560, rowsADay: eventsADay(), daysKept: 31 },
  'ten seconds': {
    of: 'ten seconds of a session',
    bytes: 265,
    rowsADay: 1000 * (DAY_MS / COUNTED_EVERY_MS),
    daysKept: 3,
  },
  minutes: { of: 'minute of a session', bytes: 195, rowsADay: 1000 * (DAY_MS / 60_000), daysKept: 28 },
  hours: { of: 'hour of a session', bytes: 195, rowsADay: sessionsADay() * HOURS_TOUCHED, daysKept: 365 },
  sessions: { of: 'session', bytes: 5000, rowsADay: sessionsADay(), daysKept: 365 },
};

/** The cells of the table in `docs/operations.md`, a row for each part. */
export function capacityRows(): string[][] {
  return Object.entries(STATED).map(([part, { of, bytes, rowsADay, daysKept }]) => [
    part,
    of,
    String(bytes),
    thousands(rowsADay),
    megabytes(bytes * rowsADay),
    String(daysKept),
    megabytes(bytes * rowsADay * daysKept),
  ]);
}

function sessionsADay(): number {
  return 1000 * (DAY_MS / LASTS_MS);
}

function eventsADay(): number {
  return sessionsADay() * EVENTS_PER_SESSION;
}

function megabytes(bytes: number): string {
  return thousands(Math.round(bytes / 1e6));
}

/** `8 640 000` */
function thousands(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ' ');
}
