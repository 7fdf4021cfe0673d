import { givenEvent, idOf } from '../ingest/given-events';
import type { GivenEvent } from '../ingest/topic-log';

/** How many the audience looks at. */
export const SHOWN = 20;
const HOSTS = 5000;
/** The sessions began one after the other, until an hour ago. */
const BEGAN_EVERY_MS = 20;
const AGO_MS = 3_600_000;

/** Of the most watched ones, far enough apart for what lists over the socket round away. */
const STEP = 1000;

/** Every session is live, in a room of its own; the later it began, the more watch it, and the latest by far the most. */
export function given(sessions: number, nowMs: number): Record<'directory' | 'sessions' | 'viewers', GivenEvent[]> {
  const agoMs = nowMs - AGO_MS;
  const beganMs = (n: number) => agoMs - (sessions - n) * BEGAN_EVERY_MS;
  const each = <T>(count: number, of: (n: number) => T) => Array.from({ length: count }, (_, index) => of(index + 1));
  return {
    directory: [
      ...each(Math.min(HOSTS, sessions), (n) => givenEvent('host.changed.v1', n, hostId(n), agoMs, hostState(n))),
      ...each(sessions, (n) => givenEvent('room.changed.v1', n, roomId(n), agoMs, roomState(n))),
    ],
    sessions: each(sessions, (n) =>
      givenEvent('session.started.v1', n, sessionId(n), beganMs(n), {
        room_id: roomId(n),
        title: `A session about something, number ${n}`,
        description: 'What it is about, in one more line of text',
        mode: 'rtmp',
        hls_url: `https://cdn.example.org/live/${n}/index.m3u8`,
      }),
    ),
    viewers: each(sessions, (n) => counted(n, viewersOf(n, sessions), 0, agoMs)),
  };
}

/** One more step of the most watched one. */
export function watchedMore(sessions: number, round: number, timeMs: number): GivenEvent {
  return counted(sessions, viewersOf(sessions, sessions) + round * STEP, round, timeMs);
}

/** The most watched sessions as anybody must see them, after so many rounds. */
export function mostWatched(sessions: number, rounds: number): string {
  const rows = Array.from({ length: SHOWN }, (_, index) => {
    const n = sessions - index;
    return { id: sessionId(n), viewer_count: viewersOf(n, sessions) + (index === 0 ? rounds * STEP : 0) };
  });
  return listText(sessions, rows);
}

function viewersOf(n: number, sessions: number): number {
  const place = n - (sessions - SHOWN);
  return place > 0 ? 100_000 + place * STEP : n;
}

/** `round`: counts of different rounds are different events. */
function counted(session: number, viewers: number, round: number, timeMs: number): GivenEvent {
  return givenEvent('viewers.counted.v1', round * 1_000_000 + session, sessionId(session), timeMs, {
    viewer_count: viewers,
  });
}

/** A list as text that equal lists share. */
export function listText(total: number, rows: readonly { id: string; viewer_count: number | null }[]): string {
  return `${total}: ${rows.map(({ id, viewer_count }) => `${id} ${viewer_count}`).join(', ')}`;
}

function hostState(n: number) {
  return { username: `host-${n}`, email: `host${n}@example.org`, role: 'host', is_active: true };
}

function roomState(n: number) {
  return { title: `Room ${n}`, host_id: hostId((n % HOSTS) + 1), library_id: idOf(`library${n % 50}`) };
}

const sessionId = (n: number) => idOf(`session${n}`);
const roomId = (n: number) => idOf(`room${n}`);
const hostId = (n: number) => idOf(`host${n}`);
