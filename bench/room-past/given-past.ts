import { givenEvent, idOf } from '../ingest/given-events';
import type { IngestGround } from '../ingest/ground';
import type { RunningLifecycle } from '../ingest/marquee';
import type { GivenEvent } from '../ingest/topic-log';

/** So many are brought in at once. */
const PORTION = 500;
const EACH_MS = 100;

/** Gives a room so many sessions that were live one after the other, until an hour ago. */
export async function givenPast(
  ground: IngestGround,
  running: RunningLifecycle,
  room: string,
  sessions: number,
): Promise<void> {
  const beganMs = Date.now() - 3_600_000 - sessions * EACH_MS;
  for (let from = 0; from < sessions; from += PORTION) {
    const until = Math.min(from + PORTION, sessions);
    await ground.bringIn(running, 'sessions', lives(room, from, until, beganMs));
  }
}

function* lives(room: string, from: number, until: number, beganMs: number): Generator<GivenEvent> {
  for (let n = from; n < until; n++) {
    const [subject, startMs] = [idOf(`past${n}`), beganMs + n * EACH_MS];
    const data = { room_id: room, title: `Past session ${n}`, mode: 'rtmp', lease_seconds: 60 };
    yield givenEvent('session.started.v1', n, subject, startMs, data);
    yield givenEvent('session.ended.v1', n, subject, startMs + EACH_MS / 2, { reason: 'finished' });
  }
}
