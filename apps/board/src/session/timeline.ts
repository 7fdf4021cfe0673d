/** An entry of a session's log, as `GET /sessions/{id}/events` gives it. */
export interface LoggedEvent {
  id: string;
  source: string;
  type: string;
  time: string;
  sequence: string;
  timing: 'ahead' | 'behind' | 'late' | null;
  recorded_at: string;
  did: 'applied' | 'late' | 'older' | 'duplicate' | 'deleted' | 'derived';
  flags: readonly string[];
  place: { topic: string; partition: number; offset: string } | null;
  data: Record<string, unknown> | null;
}

export type Phase = 'unknown' | 'scheduled' | 'live' | 'silent' | 'ended' | 'expired' | 'deleted';

/** A time in which a session was one thing, and the events that fell into it. */
export interface Group {
  phase: Phase;
  /** RFC 3339. */
  from: string;
  /** null: it lasts. */
  to: string | null;
  /** It was off the air before, and came back. */
  isRevived: boolean;
  /** Why it ended. */
  why: string | null;
  events: LoggedEvent[];
}

/** Those that changed something; the others stand where they fell, and move nothing. */
const MOVES: ReadonlySet<LoggedEvent['did']> = new Set(['applied', 'late', 'derived']);

/** The life of a session, from its log: in the order of what happened, not of what was recorded. */
export function timelineOf(log: readonly LoggedEvent[]): Group[] {
  const groups: Group[] = [];
  for (const event of log.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))) {
    const last = groups.at(-1);
    const phase = (MOVES.has(event.did) && phaseAfter(event)) || last?.phase || 'unknown';
    if (last && last.phase === phase) {
      last.events.push(event);
      continue;
    }
    if (last) last.to = event.time;
    const isRevived = phase === 'live' && (last?.phase === 'silent' || last?.phase === 'ended');
    groups.push({ phase, from: event.time, to: null, isRevived, why: whyOf(event, phase), events: [event] });
  }
  return groups;
}

/** What a session says of itself. */
export interface OwnState {
  status: string;
  health: string | null;
  ended_at: string | null;
  end_reason: string | null;
}

/** Where a log was not read to its end, its last phase need not be what the session is now: the session itself says that. */
export function untilItsOwnState(groups: readonly Group[], session: OwnState): Group[] {
  const last = groups.at(-1);
  const phase = phaseOfState({ status: session.status, health: session.health });
  const read = last?.events.at(-1)?.time;
  if (!last || read === undefined || !phase || phase === last.phase) return [...groups];
  const from = session.ended_at ?? read;
  const own = { phase, from, to: null, isRevived: false, why: session.end_reason, events: [] };
  return [...groups.slice(0, -1), { ...last, to: from }, own];
}

function phaseAfter({ type, data }: LoggedEvent): Phase | undefined {
  switch (type) {
    case 'session.scheduled.v1':
      return 'scheduled';
    case 'session.started.v1':
      return 'live';
    case 'session.ended.v1':
      return 'ended';
    case 'session.deleted.v1':
      return 'deleted';
    case 'derived':
      return phaseOfState(data);
    default:
      return undefined;
  }
}

function phaseOfState(data: LoggedEvent['data']): Phase | undefined {
  const { status, health } = data ?? {};
  if (status === 'live') return health === 'reconnecting' ? 'silent' : 'live';
  return status === 'scheduled' || status === 'ended' || status === 'expired' ? status : undefined;
}

function whyOf({ data }: LoggedEvent, phase: Phase): string | null {
  if (phase !== 'ended') return null;
  const why = data?.['reason'] ?? data?.['end_reason'];
  return typeof why === 'string' ? why : null;
}
