import { hash } from 'node:crypto';
import type { FoldAuditRow, AuditRow } from '../oracle/record-audit';
import type { SessionRow } from '../oracle/record-rows';
import { loggedEvents } from '../oracle/session-log';
import type { Told, Truth } from '../oracle/truth';
import { claimsAgainst } from './of-claims';
import { signalsAgainst } from './of-signals';
import { effectsAgainst, inboxAgainst, placesAgainst } from './of-the-log';
import { versionsAgainst } from './of-the-record';

const SESSION = '00000000-0000-4000-8000-000000000001';
const [ROOM, OTHER_ROOM] = ['room', 'another room'];
const NOON = Date.parse('2026-11-28T12:00:00Z');

function told(type: string, offset: number, { broker = NOON, time = NOON, id = `${type} ${offset}` } = {}): Told {
  const record = { topic: 'sessions', partition: 0, offset: BigInt(offset), timestamp: broker };
  const at = Math.min(time * 1000, broker * 1000 + 999);
  const event = { id, source: '/s', type, subject: SESSION, time, at, broker, sequence: 0n, data: {} };
  return { ...event, record, intent: { meaning: 'valid' } } as unknown as Told;
}
const truth = (...all: Told[]): Truth => ({ told: all }) as unknown as Truth;
// Of a producer whose clock is ahead: its second copy has a later time.
const start = told('session.started.v1', 1, { time: NOON + 3000 });
const copy = told('session.started.v1', 2, { time: NOON + 3000, broker: NOON + 5000, id: start.id });
const beat = told('session.heartbeat.v1', 3, { broker: NOON + 9000, time: NOON + 9000 });

const inboxRow = ({ source, id }: Told, day = '2026-11-28') => {
  const uuid = hash('sha256', `${source}\0${id}`, 'hex').slice(0, 32);
  return { identity: uuid.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'), day };
};
const logRow = (...entries: [Told, string][]) => ({
  subject: SESSION,
  topic: 'torture.sessions',
  partition: 0,
  recorded_at: new Date(NOON),
  entries: JSON.stringify(
    entries.map(([one, did]) => [Number(one.record.offset), one.at, one.broker, did, [], { source: '/s', id: one.id }]),
  ),
});
const derivedRow = {
  ...logRow(),
  topic: null,
  partition: null,
  entries: JSON.stringify([[null, 1, null, 'derived', [], { status: 'ended' }]]),
};

describe('what is in the inbox', () => {
  it('is each event but heartbeats, under the day of its clamped time', () => {
    expect(inboxAgainst(truth(start, copy, beat), [inboxRow(start)])).toEqual([]);
    const midnight = Date.parse('2026-11-29T00:00:00Z');
    const ahead = told('session.ended.v1', 4, { time: midnight + 5, broker: midnight - 1 });
    expect(inboxAgainst(truth(ahead), [inboxRow(ahead)])).toEqual([]);
  });

  it('is nothing less, and nothing else', () => {
    expect(inboxAgainst(truth(start), [])).toEqual([expect.stringContaining('is not in the inbox')]);
    expect(inboxAgainst(truth(), [inboxRow(beat)])).toEqual([expect.stringContaining('was never sent')]);
  });
});

describe('what the log says', () => {
  const logged = (...rows: Parameters<typeof loggedEvents>[0]) => loggedEvents(rows, 'torture');

  it('is one effect of each event, the other copies as duplicates, each at its place', () => {
    const log = logged(logRow([start, 'applied'], [copy, 'duplicate']), derivedRow);
    expect([effectsAgainst(truth(start, copy, beat), log), placesAgainst(truth(start, copy, beat), log)]).toEqual([
      [],
      [],
    ]);
  });

  it('is wrong where an event took effect twice, or never', () => {
    const twice = logged(logRow([start, 'applied'], [copy, 'late']));
    expect(effectsAgainst(truth(start, copy), twice)).toEqual([expect.stringContaining('took effect 2 times')]);
    expect(effectsAgainst(truth(start), [])).toEqual([expect.stringContaining('took effect 0 times')]);
  });

  it('is wrong where a place is missing, there twice, or of a heartbeat', () => {
    expect(placesAgainst(truth(start, copy), logged(logRow([start, 'applied'])))).toEqual([
      'sessions/0@2 is in the log 0 times',
    ]);
    const again = logged(logRow([start, 'applied']), logRow([start, 'duplicate']));
    expect(placesAgainst(truth(start), again)).toEqual(['sessions/0@1 is in the log 2 times']);
    expect(placesAgainst(truth(beat), logged(logRow([beat, 'applied'])))).toHaveLength(1);
  });
});

describe('the claims', () => {
  const row = { session_id: SESSION, at: String(start.at), seq: '0', source: '/s', event_id: start.id };
  const rooms = new Map([[SESSION, ROOM]]);

  it('are one for each start, on the room of its session; a copy makes none', () => {
    expect(claimsAgainst(truth(start, copy, beat), rooms, [{ ...row, room_id: ROOM }])).toEqual([]);
  });

  it('are wrong where one was left behind, is missing, or is of no start', () => {
    expect(claimsAgainst(truth(start), rooms, [{ ...row, room_id: OTHER_ROOM }])).toEqual([
      expect.stringContaining('holds another room, its session has room'),
    ]);
    expect(claimsAgainst(truth(start), rooms, [])).toEqual([expect.stringContaining('has no claim')]);
    expect(claimsAgainst(truth(), rooms, [{ ...row, room_id: ROOM }])).toEqual([
      expect.stringContaining('of no start'),
    ]);
  });
});

describe('the signals', () => {
  const row = { session_id: SESSION, last_signal_at: new Date(NOON + 9000), calm: true };
  const live = { id: SESSION, status: 'live', health: 'ok', end_reason: null, deleted: false } as unknown as SessionRow;
  const sessions = (change: Partial<SessionRow> = {}) => new Map([[SESSION, { ...live, ...change }]]);

  it('are the greatest of starts and heartbeats', () => {
    expect(signalsAgainst(truth(start, beat), sessions(), [row])).toEqual([]);
  });

  it('are wrong where a heartbeat was lost, also of a session that is deleted', () => {
    const lost = { ...row, last_signal_at: new Date(NOON) };
    for (const deleted of [false, true]) {
      const against = signalsAgainst(truth(start, beat), sessions({ deleted }), [lost]);
      expect(against).toEqual([expect.stringContaining('last sign')]);
    }
  });

  it('are of no calm session that a sign would change', () => {
    for (const change of [{ health: 'reconnecting' }, { status: 'ended', end_reason: 'lost' }]) {
      expect(signalsAgainst(truth(start, beat), sessions(change), [row])).toEqual([expect.stringContaining('calm')]);
    }
  });
});

describe('the versions', () => {
  const step = (before: number, after: number, same: boolean) => ({ id: SESSION, before, after, same });
  const shown = (version: number, fold_version: number) =>
    new Map([[SESSION, { id: SESSION, version, fold_version } as unknown as SessionRow]]);
  const audit = (...steps: FoldAuditRow[]) => steps as AuditRow[];

  it('grow by one with each write of what is shown; a fold may change without', () => {
    const folds = [step(1, 1, true), step(1, 2, false), step(2, 3, true)];
    expect(versionsAgainst(audit(step(1, 2, false), step(2, 3, true)), folds, shown(3, 3))).toEqual([]);
  });

  it('are wrong where the row is written for nothing, a step is missing or larger, or the two differ', () => {
    expect(versionsAgainst(audit(step(1, 1, true)), [], shown(1, 1))).toHaveLength(1);
    expect(versionsAgainst(audit(step(1, 3, false)), [], shown(3, 3))).toHaveLength(1);
    expect(versionsAgainst([], [step(1, 1, false)], shown(1, 1))).toHaveLength(1);
    expect(versionsAgainst([], [], shown(2, 1))).toHaveLength(1);
  });
});
