import { signalTimeOf } from '#libs/session';
import type { Beat } from '../signals/beat-calm';
import type { SessionToRecord } from './slice';

export function isHeartbeat({ event }: Pick<SessionToRecord, 'event'>): boolean {
  return event.type === 'session.heartbeat.v1';
}

/** The heartbeats of sessions of which nothing else is said. */
export function heartbeatsAlone(events: readonly SessionToRecord[]): SessionToRecord[] {
  const said = new Set(events.flatMap((one) => (isHeartbeat(one) ? [] : [one.event.subject])));
  return events.filter(({ event }) => !said.has(event.subject));
}

/** The ids of the sessions that events are about, in their order. */
export function subjectsOf(events: readonly SessionToRecord[]): string[] {
  return [...new Set(events.map(({ event }) => event.subject))].sort();
}

/** The rooms that events name. */
export function roomsSaid(events: readonly SessionToRecord[]): string[] {
  return events.flatMap(({ fact: { data } }) => {
    return data && 'room_id' in data && data.room_id ? [data.room_id] : [];
  });
}

/** Of each session that beats, its latest sign, in the order of ids. */
export function beatsOf(heartbeats: readonly SessionToRecord[]): Beat[] {
  const latest = new Map<string, number>();
  for (const { fact } of heartbeats) {
    const time = signalTimeOf(Math.floor(fact.at / 1000), fact.brokerTime);
    latest.set(fact.subject, Math.max(latest.get(fact.subject) ?? time, time));
  }
  return [...latest]
    .map(([id, time]) => ({ session_id: id, last_signal_at: time }))
    .sort((a, b) => (a.session_id < b.session_id ? -1 : 1));
}
