/** A CloudEvent as it is sent. */
export interface SentEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  subject: string;
  time: string;
  data?: Record<string, unknown>;
}

export type Kind = 'schedule' | 'start' | 'count' | 'end' | 'malformed' | 'twice' | 'out of order';

/** What a producer may do, and what it shows. */
export const KINDS: readonly { kind: Kind; name: string; shows: string }[] = [
  { kind: 'schedule', name: 'Schedule one', shows: 'a session is announced' },
  { kind: 'start', name: 'Start it', shows: 'it goes on air, and into every list' },
  { kind: 'count', name: 'Count viewers', shows: 'an absolute number, never a difference' },
  { kind: 'end', name: 'End it', shows: 'it leaves every live list' },
  { kind: 'twice', name: 'The same again', shows: 'a duplicate changes nothing' },
  { kind: 'out of order', name: 'A late one', shows: 'what happened before does not undo what came after' },
  { kind: 'malformed', name: 'A broken one', shows: 'the door says what is wrong with it' },
];

const MINUTE_MS = 60_000;
const TITLES = ['A test of the way', 'Hello from the board', 'One more session', 'Somebody is trying this'];

export interface Before {
  /** The session that the events are about. */
  subject: string;
  last: SentEvent | undefined;
}

/** The event of a kind. `now`: epoch ms; `newId`: a new UUID at each call. */
export function eventOf(kind: Kind, { subject, last }: Before, now: number, newId: () => string): SentEvent {
  if (kind === 'twice' && last) return last;
  const base = {
    specversion: '1.0',
    id: newId(),
    source: '/board',
    subject,
    time: new Date(now).toISOString(),
  } as const;
  const title = TITLES[Math.floor(now / 1000) % TITLES.length] ?? 'A session';
  switch (kind) {
    case 'schedule': {
      const scheduled_start_time = new Date(now + 10 * MINUTE_MS).toISOString();
      return {
        ...base,
        type: 'session.scheduled.v1',
        data: { room_id: newId(), title, mode: 'webcam', scheduled_start_time },
      };
    }
    case 'count':
      return { ...base, type: 'viewers.counted.v1', data: { viewer_count: 1 + (now % 900) } };
    case 'end':
      return { ...base, type: 'session.ended.v1', data: { reason: 'ended from the board' } };
    case 'malformed':
      return { ...base, type: 'session.started.v1', data: { title: 7 } };
    case 'out of order':
      return {
        ...base,
        type: 'session.updated.v1',
        time: new Date(now - MINUTE_MS).toISOString(),
        data: { title: 'What it was called a minute ago' },
      };
    default:
      return { ...base, type: 'session.started.v1', data: { title, mode: 'webcam', lease_seconds: 600 } };
  }
}
