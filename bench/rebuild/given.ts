import { givenEvent, idOf } from '../ingest/given-events';
import type { GivenEvent } from '../ingest/topic-log';

const HOSTS = 5000;
/** The sessions began one after the other, until an hour ago. */
const BEGAN_EVERY_MS = 20;
const AGO_MS = 3_600_000;

/** Every session is live, in a room of its own, and is watched by as many as its number says. */
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
    viewers: each(sessions, (n) => counted(n, n, 0, agoMs)),
  };
}

/** `round`: counts of different rounds are different events. */
export function counted(session: number, viewers: number, round: number, timeMs: number): GivenEvent {
  return givenEvent('viewers.counted.v1', round * 1_000_000 + session, sessionId(session), timeMs, {
    viewer_count: viewers,
  });
}

/** The most watched sessions as anybody must see them; the first has had `more` than its number since. */
export function mostWatched(sessions: number, limit: number, more: number): string {
  const rows = Array.from({ length: Math.min(limit, sessions) }, (_, index) => {
    const n = sessions - index;
    return { id: sessionId(n), viewer_count: index === 0 ? n + more : n };
  });
  return listText(sessions, rows);
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
