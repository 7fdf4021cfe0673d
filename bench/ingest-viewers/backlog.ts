import { givenEvent, idOf } from '../ingest/given-events';
import type { GivenEvent } from '../ingest/topic-log';

/** Each session is counted every two seconds: 10 000 sessions give 5000 events a second. */
const EVERY_MS = 2000;

export function countsPerSession(events: number, sessions: number): number {
  return Math.max(1, Math.round(events / sessions));
}

/** Every session is live, each in a room of its own. */
export function* started(sessions: number, nowMs: number): Generator<GivenEvent> {
  for (let n = 1; n <= sessions; n++) {
    const data = { room_id: idOf(`room${n}`), title: `Session number ${n}`, mode: 'rtmp' };
    yield givenEvent('session.started.v1', n, idOf(`session${n}`), nowMs - 3_600_000, data);
  }
}

/** All counts of all sessions in the order of time, up to now. */
export function* backlog(sessions: number, counts: number, nowMs: number): Generator<GivenEvent> {
  const subjects = Array.from({ length: sessions }, (_, index) => idOf(`session${index + 1}`));
  let event = 0;
  for (let step = 0; step < counts; step++) {
    const stepMs = nowMs - (counts - step) * EVERY_MS;
    for (const [index, subject] of subjects.entries()) {
      const timeMs = stepMs + Math.floor((index / sessions) * EVERY_MS);
      const data = { viewer_count: countOf(index + 1, step) };
      yield givenEvent('viewers.counted.v1', event++, subject, timeMs, data);
    }
  }
}

export function lastCount(session: number, counts: number): number {
  return countOf(session, counts - 1);
}

function countOf(session: number, step: number): number {
  return (session * 7919 + step * 104_729) % 5000;
}
