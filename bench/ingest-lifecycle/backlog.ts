import { givenEvent, idOf } from '../ingest/given-events';
import type { GivenEvent } from '../ingest/topic-log';

/** One session begins every so often; its events are a while apart. Two sessions have each room, one after the other. */
const BEGINS_EVERY_MS = 25;
const APART_MS = 20_000;

type Step = [type: string, data: (n: number) => object | undefined];

const STEPS: Step[] = [
  [
    'session.scheduled.v1',
    (n) => ({ room_id: idOf(`room${n >> 1}`), title: `Planned as number ${n}`, mode: 'rtmp', recording_enabled: true }),
  ],
  ['session.started.v1', (n) => ({ lease_seconds: 60, hls_url: `https://cdn.example.org/live/${n}/index.m3u8` })],
  ['session.heartbeat.v1', () => undefined],
  ['session.updated.v1', (n) => ({ title: `Session number ${n}`, description: 'What it is about, in one line' })],
  ['session.heartbeat.v1', () => undefined],
  ['session.heartbeat.v1', () => undefined],
  ['session.updated.v1', (n) => ({ chat_enabled_override: n % 2 === 0, max_join_limit_override: n % 1000 })],
  ['session.heartbeat.v1', () => undefined],
  ['session.heartbeat.v1', () => undefined],
  ['session.ended.v1', () => ({ reason: 'finished' })],
];

export const EVENTS_PER_SESSION = STEPS.length;
/** Heartbeats are not logged. */
export const LOGGED_PER_SESSION = STEPS.filter(([type]) => type !== 'session.heartbeat.v1').length;

/** All events of all sessions in the order of time, up to now. */
export function* backlog(sessions: number, nowMs: number): Generator<GivenEvent> {
  const partOf = (n: number, step: number) => {
    const [type, data] = STEPS[step] ?? ['', () => undefined];
    const timeMs = beginsAt(n) + step * APART_MS;
    return givenEvent(type, n * EVENTS_PER_SESSION + step, idOf(`session${n}`), timeMs, data(n));
  };
  const lengthMs = sessions * BEGINS_EVERY_MS + EVENTS_PER_SESSION * APART_MS;
  const beginsAt = (n: number) => nowMs - lengthMs + beginsAfter(n, sessions);
  const order = Array.from({ length: sessions * EVENTS_PER_SESSION }, (_, index) => ({
    n: Math.floor(index / EVENTS_PER_SESSION),
    step: index % EVENTS_PER_SESSION,
  })).sort((a, b) => beginsAt(a.n) + a.step * APART_MS - beginsAt(b.n) - b.step * APART_MS);
  for (const { n, step } of order) yield partOf(n, step);
}

/** Even ones in the first half, the odd one of the same room in the second. */
function beginsAfter(n: number, sessions: number): number {
  return ((n >> 1) + (n % 2) * Math.ceil(sessions / 2)) * BEGINS_EVERY_MS;
}
