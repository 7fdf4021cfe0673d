import { type LoggedEvent, type OwnState, timelineOf, untilItsOwnState } from './timeline';

const at = (second: number) => new Date(Date.UTC(2026, 2, 1, 20, 0, second)).toISOString();
const event = (type: string, second: number, more: Partial<LoggedEvent> = {}): LoggedEvent =>
  ({ id: `${type}@${second}`, type, time: at(second), did: 'applied', data: null, ...more }) as LoggedEvent;
const derived = (second: number, data: LoggedEvent['data']) => event('derived', second, { did: 'derived', data });
const phases = (log: LoggedEvent[]) => timelineOf(log).map(({ phase }) => phase);

describe('the life of a session', () => {
  it('is scheduled, live, silent, live again, ended', () => {
    const groups = timelineOf([
      event('session.scheduled.v1', 0),
      event('session.started.v1', 10),
      derived(20, { status: 'live', health: 'reconnecting' }),
      derived(30, { status: 'live', health: 'ok' }),
      event('session.ended.v1', 40, { data: { reason: 'host left' } }),
    ]);
    expect(groups.map(({ phase, from, to, isRevived, why }) => [phase, from, to, isRevived, why])).toEqual([
      ['scheduled', at(0), at(10), false, null],
      ['live', at(10), at(20), false, null],
      ['silent', at(20), at(30), false, null],
      ['live', at(30), at(40), true, null],
      ['ended', at(40), null, false, 'host left'],
    ]);
  });

  it('is told in the order of what happened, whatever came late', () => {
    const started = event('session.started.v1', 5, { did: 'late' });
    expect(phases([event('session.ended.v1', 9), started])).toEqual(['live', 'ended']);
  });

  it('is not moved by what changed nothing; it stands where it fell', () => {
    const older = event('session.ended.v1', 6, { did: 'older' });
    const [live, ...others] = timelineOf([event('session.started.v1', 5), older, event('session.updated.v1', 7)]);
    expect(others).toEqual([]);
    expect(live?.events.map(({ id }) => id)).toEqual(['session.started.v1@5', older.id, 'session.updated.v1@7']);
  });

  it('says who took its room', () => {
    const groups = timelineOf([
      event('session.started.v1', 0),
      derived(9, { status: 'ended', end_reason: 'superseded' }),
    ]);
    expect(groups.at(-1)).toMatchObject({ phase: 'ended', why: 'superseded' });
  });

  describe('whose log was not read to its end', () => {
    const silent = timelineOf([
      event('session.started.v1', 0),
      derived(20, { status: 'live', health: 'reconnecting' }),
      event('session.updated.v1', 25),
    ]);
    const own = (state: Partial<OwnState>): OwnState => ({
      status: 'live',
      health: 'ok',
      ended_at: null,
      end_reason: null,
      ...state,
    });

    it('is now what the session says: its last phase that was read does not last', () => {
      const ended = untilItsOwnState(silent, own({ status: 'ended', ended_at: at(50), end_reason: 'host left' }));
      expect(ended.map(({ phase, from, to, why }) => [phase, from, to, why])).toEqual([
        ['live', at(0), at(20), null],
        ['silent', at(20), at(50), null],
        ['ended', at(50), null, 'host left'],
      ]);
      expect(untilItsOwnState(silent, own({})).at(-1)).toMatchObject({ phase: 'live', from: at(25), to: null });
    });

    it('stays as it was read where the session says the same', () => {
      expect(untilItsOwnState(silent, own({ health: 'reconnecting' }))).toEqual(silent);
    });
  });
});
