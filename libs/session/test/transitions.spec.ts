import type { SessionFact } from '../src';
import { FOLD, folded } from './fold-under-test';
import { given } from './given';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const T = Date.UTC(2026, 10, 20, 18);

/** What a session can be, as its row tells it. */
type State =
  | 'none'
  | 'waiting'
  | 'scheduled'
  | 'live'
  | 'leased'
  | 'reconnecting'
  | 'lost'
  | 'timeout'
  | 'ended'
  | 'cancelled'
  | 'superseded'
  | 'expired'
  | 'deleted';

/** What can happen to it: each kind of event, later than all before, and time that passes without one. */
type Happening =
  | SessionFact['type']
  | 'a heartbeat of a clock that is behind'
  | 'a heartbeat an hour late'
  | 'taken over'
  | 'a minute and more'
  | 'two days';

interface Given {
  facts: SessionFact[];
  /** Up to when a watchdog has looked. */
  watermark: number;
  /** When the next thing happens. */
  next: number;
}

const soon = (facts: SessionFact[], next = T + 10 * SECOND): Given => ({ facts, watermark: -Infinity, next });
const looked = (facts: SessionFact[], watermark: number): Given => ({ facts, watermark, next: watermark + SECOND });

const planned = given.scheduled(T, { scheduled_start_time: T + HOUR });
const started = given.started(T);
const leased = given.started(T, { lease_seconds: 60 });

const STATES: Record<State, Given> = {
  none: soon([]),
  waiting: soon([given.updated(T, { title: 'Not yet' })]),
  scheduled: soon([planned]),
  live: soon([started]),
  leased: soon([leased]),
  reconnecting: looked([leased], T + 31 * SECOND),
  lost: looked([leased], T + 61 * SECOND),
  timeout: looked([started], T + 12 * HOUR + SECOND),
  ended: soon([started, given.ended(T + SECOND)]),
  cancelled: soon([planned, given.ended(T + SECOND)]),
  superseded: soon([started, given.started(T + SECOND, {}, { subject: 's2' })]),
  expired: looked([planned], T + 25 * HOUR + SECOND),
  deleted: soon([started, given.deleted(T + SECOND)]),
};

const HAPPENINGS: Record<Happening, (at: number) => { fact?: SessionFact; waitMs?: number }> = {
  'session.scheduled.v1': (at) => ({ fact: given.scheduled(at, { scheduled_start_time: at + HOUR }) }),
  'session.started.v1': (at) => ({ fact: given.started(at) }),
  'session.updated.v1': (at) => ({ fact: given.updated(at, { title: 'Another' }) }),
  'session.ended.v1': (at) => ({ fact: given.ended(at) }),
  'session.heartbeat.v1': (at) => ({ fact: given.heartbeat(at) }),
  'session.deleted.v1': (at) => ({ fact: given.deleted(at) }),
  'a heartbeat of a clock that is behind': (at) => ({
    fact: given.heartbeat(at - 300 * SECOND, { brokerTime: at }),
  }),
  'a heartbeat an hour late': (at) => ({ fact: given.heartbeat(at - HOUR, { brokerTime: at }) }),
  'taken over': (at) => ({ fact: given.started(at, {}, { subject: 's3' }) }),
  'a minute and more': () => ({ waitMs: 62 * SECOND }),
  'two days': () => ({ waitMs: 48 * HOUR }),
};

type Row = Record<Happening, State>;

const over = (state: State): Row => ({
  'session.scheduled.v1': state,
  'session.started.v1': 'live',
  'session.updated.v1': state,
  'session.ended.v1': 'ended',
  'session.heartbeat.v1': state,
  'session.deleted.v1': 'deleted',
  'a heartbeat of a clock that is behind': state,
  'a heartbeat an hour late': state,
  'taken over': state,
  'a minute and more': state,
  'two days': state,
});

/** State × happening → state. Whatever is missing here does not compile. */
const TABLE: Record<State, Row> = {
  none: {
    'session.scheduled.v1': 'scheduled',
    'session.started.v1': 'live',
    'session.updated.v1': 'waiting',
    'session.ended.v1': 'waiting',
    'session.heartbeat.v1': 'waiting',
    'session.deleted.v1': 'deleted',
    'a heartbeat of a clock that is behind': 'waiting',
    'a heartbeat an hour late': 'waiting',
    'taken over': 'none',
    'a minute and more': 'none',
    'two days': 'none',
  },
  waiting: {
    'session.scheduled.v1': 'scheduled',
    'session.started.v1': 'live',
    'session.updated.v1': 'waiting',
    'session.ended.v1': 'waiting',
    'session.heartbeat.v1': 'waiting',
    'session.deleted.v1': 'deleted',
    'a heartbeat of a clock that is behind': 'waiting',
    'a heartbeat an hour late': 'waiting',
    'taken over': 'waiting',
    'a minute and more': 'waiting',
    'two days': 'waiting',
  },
  scheduled: {
    'session.scheduled.v1': 'scheduled',
    'session.started.v1': 'live',
    'session.updated.v1': 'scheduled',
    'session.ended.v1': 'cancelled',
    'session.heartbeat.v1': 'scheduled',
    'session.deleted.v1': 'deleted',
    'a heartbeat of a clock that is behind': 'scheduled',
    'a heartbeat an hour late': 'scheduled',
    'taken over': 'scheduled',
    'a minute and more': 'scheduled',
    'two days': 'expired',
  },
  live: {
    'session.scheduled.v1': 'live',
    'session.started.v1': 'live',
    'session.updated.v1': 'live',
    'session.ended.v1': 'ended',
    'session.heartbeat.v1': 'leased',
    'session.deleted.v1': 'deleted',
    'a heartbeat of a clock that is behind': 'leased',
    'a heartbeat an hour late': 'leased',
    'taken over': 'superseded',
    'a minute and more': 'live',
    'two days': 'timeout',
  },
  leased: {
    'session.scheduled.v1': 'leased',
    'session.started.v1': 'leased',
    'session.updated.v1': 'leased',
    'session.ended.v1': 'ended',
    'session.heartbeat.v1': 'leased',
    'session.deleted.v1': 'deleted',
    'a heartbeat of a clock that is behind': 'leased',
    'a heartbeat an hour late': 'leased',
    'taken over': 'superseded',
    'a minute and more': 'lost',
    'two days': 'lost',
  },
  reconnecting: {
    'session.scheduled.v1': 'reconnecting',
    'session.started.v1': 'leased',
    'session.updated.v1': 'reconnecting',
    'session.ended.v1': 'ended',
    'session.heartbeat.v1': 'leased',
    'session.deleted.v1': 'deleted',
    'a heartbeat of a clock that is behind': 'leased',
    'a heartbeat an hour late': 'reconnecting',
    'taken over': 'superseded',
    'a minute and more': 'lost',
    'two days': 'lost',
  },
  // Any newer signal revives it.
  lost: {
    ...over('lost'),
    'session.started.v1': 'leased',
    'session.heartbeat.v1': 'leased',
    'a heartbeat of a clock that is behind': 'leased',
  },
  // A heartbeat is the promise of more: from there on it has a lease, and has just been heard.
  timeout: {
    ...over('timeout'),
    'session.heartbeat.v1': 'leased',
    'a heartbeat of a clock that is behind': 'leased',
    'a heartbeat an hour late': 'lost',
  },
  // Only a newer start revives these.
  ended: over('ended'),
  cancelled: { ...over('cancelled'), 'session.ended.v1': 'cancelled' },
  superseded: over('superseded'),
  expired: {
    ...over('expired'),
    'session.scheduled.v1': 'scheduled',
    'session.ended.v1': 'cancelled',
  },
  deleted: {
    ...over('deleted'),
    'session.started.v1': 'deleted',
    'session.ended.v1': 'deleted',
  },
};

function stateOf(facts: readonly SessionFact[], watermark: number): State {
  const session = folded(FOLD, [facts], watermark).get('s1');
  if (!session) return 'none';
  if (session.deleted) return 'deleted';
  if (!session.listed) return 'waiting';
  if (session.status === 'live') {
    return session.health === null ? 'live' : session.health === 'ok' ? 'leased' : 'reconnecting';
  }
  if (session.status !== 'ended') return session.status;
  if (session.started_at === null) return 'cancelled';
  const reason = session.end_reason;
  return reason === 'lost' || reason === 'timeout' || reason === 'superseded' ? reason : 'ended';
}

describe.each(Object.entries(STATES) as [State, Given][])(
  'a session that is %s',
  (state, { facts, watermark, next }) => {
    it('is so', () => {
      expect(stateOf(facts, watermark)).toBe(state);
    });

    it.each(Object.entries(HAPPENINGS) as [Happening, (typeof HAPPENINGS)[Happening]][])('%s', (name, happen) => {
      const { fact, waitMs = 0 } = happen(next);
      const told = fact ? [...facts, fact] : facts;
      expect(stateOf(told, waitMs > 0 ? next + waitMs : watermark)).toBe(TABLE[state][name]);
    });
  },
);
