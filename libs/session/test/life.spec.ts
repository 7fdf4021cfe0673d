import { type SessionFact, type SessionRecord, check, derive, evolve } from '../src';
import { recordOf } from './fold-under-test';
import { given } from './given';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const T = Date.UTC(2026, 10, 20, 18);

function record(...facts: SessionFact[]): SessionRecord {
  const folded = facts.reduce<SessionRecord | undefined>(evolve, undefined);
  if (!folded) throw new Error('no facts');
  return folded;
}

/** Of a session that nobody takes its room from. */
function derived(one: SessionRecord) {
  return derive(one, undefined);
}

describe('the life of a session', () => {
  it('goes from scheduled to live to ended', () => {
    const scheduled = given.scheduled(T, { scheduled_start_time: T + HOUR });
    const started = given.started(T + HOUR, {});
    const ended = given.ended(T + 2 * HOUR, { reason: 'host left' });
    expect(derived(record(scheduled))).toMatchObject({ status: 'scheduled', listed: true, started_at: null });
    expect(derived(record(scheduled, started))).toMatchObject({
      status: 'live',
      started_at: T + HOUR,
      title: 'Planned',
    });
    expect(derived(record(scheduled, started, ended))).toMatchObject({
      status: 'ended',
      ended_at: T + 2 * HOUR,
      end_reason: 'host left',
    });
  });

  it('C3: is one life when the encoder flaps: first start kept, live again', () => {
    const facts = [given.started(T), given.ended(T + 10 * SECOND), given.started(T + 40 * SECOND)];
    expect(derived(record(...facts))).toMatchObject({
      status: 'live',
      started_at: T,
      counts_after: T + 10 * SECOND,
    });
  });

  it('orders what happened in one millisecond by its microseconds, whatever else orders it (E5)', () => {
    const us = (micros: number, rest = {}) => ({ at: T * 1000 + micros, ...rest });
    const started = given.started(T, {}, us(100, { id: 'z', sequence: '9' }));
    const ended = given.ended(T, {}, us(900, { id: 'a', sequence: '1' }));
    expect(derived(record(started, ended))).toMatchObject({ status: 'ended', started_at: T, ended_at: T });
    const again = given.started(T, {}, us(901, { id: '0' }));
    expect(derived(record(again, ended, started))).toMatchObject({ status: 'live', started_at: T });
    const early = given.ended(T, {}, us(99, { id: 'z' }));
    expect(derived(record(early, started))).toMatchObject({ status: 'live', counts_after: T });
  });

  it('waits unlisted when only an end has arrived, and is right when the start follows', () => {
    const ended = given.ended(T + HOUR);
    expect(derived(record(ended))).toMatchObject({ listed: false });
    expect(derived(record(ended, given.started(T)))).toMatchObject({
      listed: true,
      status: 'ended',
      started_at: T,
      ended_at: T + HOUR,
    });
  });

  it('C1, C2: is lost only once the watermark is past its lease, with the end at its last signal', () => {
    const leased = record(given.started(T, { lease_seconds: 30 }), given.heartbeat(T + 20 * SECOND));
    expect(derived(leased)).toMatchObject({ status: 'live', health: 'ok', next_check_at: T + 35 * SECOND });
    expect(derived(check(leased, T + 36 * SECOND))).toMatchObject({ status: 'live', health: 'reconnecting' });
    expect(derived(check(leased, T + 50 * SECOND))).toMatchObject({ status: 'live' });
    const lost = check(leased, T + 51 * SECOND);
    expect(derived(lost)).toMatchObject({ status: 'ended', end_reason: 'lost', ended_at: T + 20 * SECOND });
    expect(derived(evolve(lost, given.heartbeat(T + 45 * SECOND)))).toMatchObject({ status: 'live' });
    expect(derived(evolve(lost, given.updated(T + 45 * SECOND, { title: 'An edit' })))).toMatchObject({
      status: 'ended',
    });
  });

  it('is on air while its signals come, whatever the clock of its producer says', () => {
    const behind = 120 * SECOND;
    const leased = record(
      given.started(T, { lease_seconds: 30 }, { brokerTime: T + behind }),
      given.heartbeat(T + SECOND, { brokerTime: T + SECOND + behind }),
    );
    const onAir = check(leased, T + 30 * SECOND + behind);
    expect(derived(onAir)).toMatchObject({ status: 'live', started_at: T });
    const silent = check(leased, T + 32 * SECOND + behind);
    expect(derived(silent)).toMatchObject({ end_reason: 'lost', ended_at: T + SECOND + behind });
  });

  it('takes a signal that is delivered more than ten minutes late for one of then: it revives nobody', () => {
    const lost = check(record(given.started(T, { lease_seconds: 30 })), T + HOUR);
    const beat = (lateMs: number) => given.heartbeat(T + 10 * SECOND, { brokerTime: T + 10 * SECOND + lateMs });
    expect(derived(evolve(lost, beat(600 * SECOND + 1)))).toMatchObject({ ended_at: T + 10 * SECOND });
    const looked = check(record(given.started(T, { lease_seconds: 30 })), T + 31 * SECOND);
    expect(derived(looked)).toMatchObject({ end_reason: 'lost' });
    expect(derived(evolve(looked, beat(600 * SECOND)))).toMatchObject({ status: 'live' });
  });

  it('times out after 12 hours without a lease', () => {
    const unleased = record(given.started(T));
    expect(derived(check(unleased, T + 12 * HOUR + 1))).toMatchObject({
      status: 'ended',
      end_reason: 'timeout',
      ended_at: T + 12 * HOUR,
    });
  });

  it('C14: expires a day after its planned start, and revives by a start', () => {
    const scheduled = record(given.scheduled(T, { scheduled_start_time: T + HOUR }));
    const expired = check(scheduled, T + 25 * HOUR + 1);
    expect(derived(expired)).toMatchObject({ status: 'expired' });
    expect(derived(evolve(expired, given.started(T + 26 * HOUR)))).toMatchObject({ status: 'live' });
  });

  it('C23: gives way to the next session of its room', () => {
    const { sessions } = recordOf([[given.started(T), given.started(T + HOUR, {}, { subject: 's2' })]]);
    expect(sessions.get('s1')).toMatchObject({ status: 'ended', end_reason: 'superseded', ended_at: T + HOUR });
    expect(sessions.get('s2')).toMatchObject({ status: 'live' });
  });

  it('stays in the room that was said first, by its token, whenever that arrives', () => {
    const first = given.scheduled(T, { room_id: 'r1' });
    const second = given.started(T + HOUR, { room_id: 'r2' });
    for (const facts of [
      [first, second],
      [second, first],
    ]) {
      expect(derived(record(...facts))).toMatchObject({ room_id: 'r1', status: 'live' });
    }
    expect(derived(record(given.started(T, { room_id: null }), second))).toMatchObject({ room_id: 'r2' });
    const twin = { ...first, data: { ...first.data, room_id: 'r0' } } as SessionFact;
    for (const facts of [
      [first, twin],
      [twin, first],
    ]) {
      expect(derived(record(...facts))).toMatchObject({ room_id: 'r1' });
    }
  });

  it('leaves one session live of two that started in one room with equal tokens', () => {
    const token = { id: 'e', source: '/a' };
    const { sessions } = recordOf([
      [given.started(T, {}, { ...token, subject: 's2' })],
      [given.started(T, {}, { ...token, subject: 's1' })],
    ]);
    expect(sessions.get('s1')).toMatchObject({ end_reason: 'superseded', started_at: T, ended_at: T });
    expect(sessions.get('s2')).toMatchObject({ status: 'live' });
  });

  it('deleted is final, and its claim on the room stays', () => {
    const second = { subject: 's2' };
    const { sessions } = recordOf([
      [given.started(T)],
      [given.started(T + HOUR, {}, second), given.deleted(T + 2 * HOUR, second)],
    ]);
    expect(sessions.get('s2')).toMatchObject({ listed: false, deleted: true });
    expect(sessions.get('s1')).toMatchObject({ status: 'ended', end_reason: 'superseded' });
  });

  it('clears what an update clears, but never a title or a mode', () => {
    const session = record(
      given.scheduled(T, { description: 'Long', preset_id: 'p1' }),
      given.updated(T + 1, { description: null, preset_id: null, title: null, mode: null }),
    );
    expect(derived(session)).toMatchObject({
      description: null,
      preset_id: null,
      title: 'Planned',
      mode: 'webcam',
    });
  });
});
