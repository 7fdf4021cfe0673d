import type { TopicName } from '#libs/contracts';
import { Crowd } from './audience';
import { type Directory, type Place, makeDirectory } from './directory';
import { Random } from './random';
import { makeDescription, makeTitle } from './titles';

/** An event to be sent, without the attributes that every event has. */
export interface Said {
  topic: TopicName;
  type: string;
  subject: string;
  data?: object;
  /** When it happened, epoch ms, where that was before now. */
  at?: number;
}

interface OnAir {
  id: string;
  place: Place;
  crowd: Crowd;
  startedAt: number;
  /** When it means to end. */
  endsAt: number;
  leaseMs: number | null;
  lastBeatAt: number;
  /** Off the air for a moment, with the start to come again at this time. */
  backAt: number | null;
}

interface Planned {
  id: string;
  place: Place;
  startsAt: number;
}

export interface PlatformOptions {
  seed: number;
  /** Sessions on air at once. */
  sessions: number;
  /** Epoch ms of the start; ids of sessions differ from run to run, so that nothing over comes back. */
  now: number;
}

const LEASE_SECONDS = 30;
/** How many watched before the platform was looked at: so far back, so often, of so many sessions at most. */
const PAST = { reachMs: 1_800_000, stepMs: 30_000, sessions: 300 };

/**
 * A streaming platform in small: rooms where people go on air, are watched, flap, and go off again. Pure: says what
 * happens at a time, sends nothing.
 */
export class Platform {
  readonly directory: Directory;
  private readonly random: Random;
  private readonly ids: Random;
  private readonly onAir = new Map<string, OnAir>();
  private readonly planned = new Map<string, Planned>();
  private turn = 0;

  constructor(private readonly options: PlatformOptions) {
    this.random = new Random(options.seed);
    this.directory = makeDirectory(this.random, Math.ceil(options.sessions * 1.5) + 4);
    this.ids = new Random((options.seed ^ options.now ^ Math.floor(options.now / 4_294_967_296)) | 0);
  }

  get live(): number {
    return this.onAir.size;
  }

  /** The reference data, and enough sessions on air from the first moment. */
  open(now: number): Said[] {
    const { hosts, rooms, presets } = this.directory;
    const said: Said[] = [
      ...entities('host.changed.v1', hosts),
      ...entities('room.changed.v1', rooms),
      ...entities('preset.changed.v1', presets),
    ];
    for (let n = 0; n < Math.ceil(this.options.sessions / 8); n++) said.push(...this.plan(now));
    while (this.live < this.options.sessions && this.freePlace())
      said.push(...this.goOnAir(now, this.random.between(0.05, 1)));
    for (const session of [...this.onAir.values()].slice(0, PAST.sessions)) said.push(...this.past(session, now));
    return said;
  }

  /** What is said next, at about the pace asked for: `budget` events. Heartbeats come on top, they are promised. */
  step(now: number, budget: number): Said[] {
    const said = [...this.beats(now), ...this.turns(now)];
    const sessions = [...this.onAir.values()].filter((session) => session.backAt === null);
    for (let left = budget - said.length; left > 0 && sessions.length > 0; left--) {
      const session = sessions[this.turn++ % sessions.length];
      if (session) said.push(this.counted(session, now));
    }
    return said;
  }

  /** Everybody goes home. */
  close(): Said[] {
    const said = [...this.onAir.values()].map(({ id }) => ended(id, 'platform closed'));
    this.onAir.clear();
    return said;
  }

  private beats(now: number): Said[] {
    const due = [...this.onAir.values()].filter(
      ({ leaseMs, lastBeatAt, backAt }) => leaseMs !== null && backAt === null && now - lastBeatAt > leaseMs / 3,
    );
    return due.map((session) => {
      session.lastBeatAt = now;
      return { topic: 'sessions', type: 'session.heartbeat.v1', subject: session.id };
    });
  }

  /** Ends, starts, plans, edits and moments off the air. */
  private turns(now: number): Said[] {
    const said: Said[] = [];
    for (const session of this.onAir.values()) {
      if (session.backAt !== null) {
        if (now >= session.backAt) said.push(this.comeBack(session, now));
      } else if (now >= session.endsAt) {
        this.onAir.delete(session.id);
        said.push(ended(session.id, this.random.pick(['host left', 'ended by host', 'schedule over'])));
      } else if (this.random.chance(0.0004)) {
        session.backAt = now + this.random.between(3000, 15_000);
        said.push(ended(session.id, 'connection dropped'));
      } else if (this.random.chance(0.0008)) {
        said.push({
          topic: 'sessions',
          type: 'session.updated.v1',
          subject: session.id,
          data: { title: makeTitle(this.random) },
        });
      }
    }
    for (const { id, place, startsAt } of this.planned.values()) {
      if (now < startsAt) continue;
      this.planned.delete(id);
      said.push(...this.goOnAir(now, 0, { id, place }));
    }
    while (this.live < this.options.sessions && this.freePlace()) said.push(...this.goOnAir(now, 0));
    if (this.planned.size < this.options.sessions / 8) said.push(...this.plan(now));
    return said;
  }

  private goOnAir(now: number, done: number, planned?: { id: string; place: Place }): Said[] {
    const place = planned?.place ?? this.freePlace();
    if (!place) return [];
    const { random } = this;
    const id = planned?.id ?? this.ids.uuid();
    // At any moment most of those on air are long ones.
    const shortestMs = done > 0 && random.chance(0.6) ? 1_200_000 : 60_000;
    const lengthMs = Math.exp(random.between(Math.log(shortestMs), Math.log(5_400_000)));
    const leaseMs = LEASE_SECONDS * 1000;
    const startedAt = Math.round(now - done * lengthMs * 0.8);
    const session: OnAir = {
      id,
      place,
      crowd: new Crowd(random),
      startedAt,
      endsAt: startedAt + lengthMs,
      leaseMs,
      lastBeatAt: now,
      backAt: null,
    };
    this.onAir.set(id, session);
    const started: Said = {
      topic: 'sessions',
      type: 'session.started.v1',
      subject: id,
      data: {
        room_id: place.room,
        preset_id: place.preset,
        ...(!planned && { title: makeTitle(random), description: makeDescription(random) }),
        mode: random.chance(0.6) ? 'webcam' : 'rtmp',
        started_at: new Date(startedAt).toISOString(),
        hls_url: `https://cdn.example.com/live/${id}/index.m3u8`,
        recording_enabled: random.chance(0.5),
        lease_seconds: LEASE_SECONDS,
      },
    };
    return [started, this.counted(session, now)];
  }

  private comeBack(session: OnAir, now: number): Said {
    session.backAt = null;
    session.lastBeatAt = now;
    return {
      topic: 'sessions',
      type: 'session.started.v1',
      subject: session.id,
      data: { lease_seconds: LEASE_SECONDS },
    };
  }

  private plan(now: number): Said[] {
    const place = this.freePlace();
    if (!place) return [];
    const id = this.ids.uuid();
    const startsAt = Math.round(now + this.random.between(30_000, 1_800_000));
    this.planned.set(id, { id, place, startsAt });
    const scheduled: Said = {
      topic: 'sessions',
      type: 'session.scheduled.v1',
      subject: id,
      data: {
        room_id: place.room,
        preset_id: place.preset,
        title: makeTitle(this.random),
        description: makeDescription(this.random),
        mode: this.random.chance(0.6) ? 'webcam' : 'rtmp',
        scheduled_start_time: new Date(startsAt).toISOString(),
      },
    };
    return [scheduled];
  }

  private counted(session: OnAir, now: number): Said {
    const left = (session.endsAt - now) / (session.endsAt - session.startedAt);
    const viewers = session.crowd.count(this.random, now - session.startedAt, left);
    return { topic: 'viewers', type: 'viewers.counted.v1', subject: session.id, data: { viewer_count: viewers } };
  }

  /** What was counted before now. */
  private past(session: OnAir, now: number): Said[] {
    const said: Said[] = [];
    for (let at = Math.max(session.startedAt, now - PAST.reachMs); at < now; at += PAST.stepMs)
      said.push({ ...this.counted(session, at), at });
    return said;
  }

  private freePlace(): Place | undefined {
    const busy = new Set([...this.onAir.values(), ...this.planned.values()].map(({ place }) => place.room));
    const free = this.directory.places.filter(({ room }) => !busy.has(room));
    return free.length > 0 ? this.random.pick(free as [Place, ...Place[]]) : undefined;
  }
}

function ended(id: string, reason: string): Said {
  return { topic: 'sessions', type: 'session.ended.v1', subject: id, data: { reason } };
}

function entities(type: string, states: Map<string, object>): Said[] {
  return [...states].map(([subject, state]) => ({ topic: 'directory', type, subject, data: readable(state) }));
}

/** The contract speaks of times in RFC 3339. */
function readable(state: object): object {
  return Object.fromEntries(
    Object.entries(state).map(([name, value]) => [
      name,
      name.endsWith('_at') && typeof value === 'number' ? new Date(value).toISOString() : (value as unknown),
    ]),
  );
}
