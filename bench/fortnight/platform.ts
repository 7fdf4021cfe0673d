import { givenEvent, idOf } from '../ingest/given-events';
import type { GivenEvent } from '../ingest/topic-log';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** So long a session is live; the next one of its room starts then. */
export const LASTS_MS = 2 * HOUR_MS;
export const COUNTED_EVERY_MS = 10 * SECOND_MS;
const SCHEDULED_BEFORE_MS = 30 * MINUTE_MS;
const UPDATES = 7;
const UPDATED_EVERY_MS = 15 * MINUTE_MS;
const ENDS_BEFORE_NEXT_MS = 5 * SECOND_MS;
/** A schedule, a start, updates, and an end. */
export const EVENTS_PER_SESSION = UPDATES + 3;

/** From a time (excluded) to another (included), epoch ms. */
export interface Span {
  from: number;
  to: number;
}

/** A session of the platform: number `turn` of its room. */
interface Broadcast {
  room: number;
  turn: number;
  startMs: number;
}

/** A platform with so many rooms, in each of which a session follows the other; the same events at every call. */
export class Platform {
  constructor(
    readonly rooms: number,
    private readonly beginMs: number,
  ) {}

  /** The state of every room and host. */
  *directory(): Generator<GivenEvent> {
    for (let n = 0; n < this.rooms; n++) {
      const [room, host] = [idOf(`room${n}`), idOf(`host${n}`)];
      const hostState = { username: `host-${n}`, email: `host${n}@example.org`, is_active: true };
      yield givenEvent('host.changed.v1', n, host, this.beginMs, hostState);
      const roomState = { title: `Room number ${n}`, description: `What is on in room ${n}`, host_id: host };
      yield givenEvent('room.changed.v1', n, room, this.beginMs, roomState);
    }
  }

  /** What is said of sessions in a span, in the order of time. */
  lifecycle(span: Span): GivenEvent[] {
    const events = this.broadcasts(span).flatMap((broadcast) => eventsOf(broadcast));
    return events.filter(({ timeMs }) => isIn(span, timeMs)).sort((a, b) => a.timeMs - b.timeMs);
  }

  /** Every count of a span, in the order of time. */
  *counts(span: Span): Generator<GivenEvent> {
    const broadcasts = this.broadcasts(span);
    for (const timeMs of ticksOf(span)) {
      for (const { room, turn, startMs } of broadcasts) {
        if (!isCounted(startMs, timeMs)) continue;
        const n = (timeMs / COUNTED_EVERY_MS) * this.rooms + room;
        const data = { viewer_count: (room * 7919 + n * 31) % 5000 };
        yield givenEvent('viewers.counted.v1', n, idOf(`session${room}/${turn}`), timeMs, data);
      }
    }
  }

  /** How many steps (10 s, a minute, an hour) of all sessions have a count in a span. */
  stepsCounted(span: Span, stepMs: number): number {
    let steps = 0;
    for (const { startMs } of this.broadcasts(span)) {
      let last = -1;
      for (const timeMs of ticksOf({
        from: Math.max(span.from, startMs - 1),
        to: Math.min(span.to, startMs + LASTS_MS),
      })) {
        const step = Math.floor(timeMs / stepMs);
        if (isCounted(startMs, timeMs) && step !== last) [steps, last] = [steps + 1, step];
      }
    }
    return steps;
  }

  /** Sessions of which something was said by then. */
  sessionsBy(ms: number): number {
    const span = { from: this.beginMs, to: ms };
    return this.broadcasts(span).filter(({ startMs }) => startMs - SCHEDULED_BEFORE_MS <= ms).length;
  }

  /** Those of which something may be said in a span. Rooms begin one after the other. */
  private broadcasts({ from, to }: Span): Broadcast[] {
    return Array.from({ length: this.rooms }, (_, room) => room).flatMap((room) => {
      const firstMs = this.beginMs + SCHEDULED_BEFORE_MS + MINUTE_MS + Math.floor((room / this.rooms) * LASTS_MS);
      const first = Math.max(0, Math.floor((from - firstMs) / LASTS_MS) - 1);
      const last = Math.floor((to + SCHEDULED_BEFORE_MS - firstMs) / LASTS_MS);
      return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => ({
        room,
        turn: first + n,
        startMs: firstMs + (first + n) * LASTS_MS,
      }));
    });
  }
}

function eventsOf({ room, turn, startMs }: Broadcast): GivenEvent[] {
  const subject = idOf(`session${room}/${turn}`);
  let step = (turn * 100_000 + room) * EVENTS_PER_SESSION;
  const event = (type: string, timeMs: number, data: object) => givenEvent(type, step++, subject, timeMs, data);
  const scheduled = {
    room_id: idOf(`room${room}`),
    title: `Number ${turn} in room ${room}: a title of usual length`,
    description: 'What it is about, in one line of text that somebody has written before it begins',
    mode: 'rtmp',
    recording_enabled: true,
    scheduled_start_time: new Date(startMs).toISOString(),
  };
  const hls = { hls_url: `https://cdn.example.org/live/${subject}/index.m3u8` };
  return [
    event('session.scheduled.v1', startMs - SCHEDULED_BEFORE_MS, scheduled),
    event('session.started.v1', startMs, hls),
    ...Array.from({ length: UPDATES }, (_, n) =>
      event('session.updated.v1', startMs + (n + 1) * UPDATED_EVERY_MS, {
        ...(n % 2 === 0 ? { title: `Number ${turn} in room ${room}: part ${n} has begun` } : {}),
        chat_enabled_override: n % 3 === 0,
        max_join_limit_override: 100 + n,
      }),
    ),
    event('session.ended.v1', startMs + LASTS_MS - ENDS_BEFORE_NEXT_MS, { reason: 'finished' }),
  ];
}

function* ticksOf({ from, to }: Span): Generator<number> {
  const first = Math.floor(from / COUNTED_EVERY_MS) + 1;
  for (let tick = first; tick * COUNTED_EVERY_MS <= to; tick++) yield tick * COUNTED_EVERY_MS;
}

function isCounted(startMs: number, timeMs: number): boolean {
  return timeMs >= startMs && timeMs < startMs + LASTS_MS - ENDS_BEFORE_NEXT_MS;
}

function isIn({ from, to }: Span, timeMs: number): boolean {
  return timeMs > from && timeMs <= to;
}
