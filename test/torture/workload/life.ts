import type { Random } from '../../../tools/simulator/src/random';

/** A session as its producer sees it. */
export interface Life {
  id: string;
  room: string;
  /** What it says now and then in the place of its room; the one that was said first, by time, is its room. */
  otherRoom: string | undefined;
  preset: string | undefined;
  phase: 'new' | 'scheduled' | 'live' | 'over';
  /** Seconds; undefined: it never promised a heartbeat. */
  lease: number | undefined;
  /** Epoch ms of its next heartbeat; only leased ones on air have one. */
  nextBeatAt: number | undefined;
  count: number;
}

export type Act = { type: string; data?: object };

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

type Weighted = readonly (readonly [weight: number, act: (life: Life, random: Random, now: number) => Act])[];

const roomOf = ({ room, otherRoom }: Life, random: Random): string =>
  otherRoom !== undefined && random.chance(0.5) ? otherRoom : room;

const scheduled = (life: Life, random: Random, now: number): Act => {
  if (life.phase === 'new') life.phase = 'scheduled';
  const planned = random.chance(0.05) ? now - 2 * DAY_MS : now + random.integer(1, 600) * MINUTE_MS;
  return {
    type: 'session.scheduled.v1',
    data: {
      room_id: roomOf(life, random),
      title: title(random),
      mode: random.chance(0.5) ? 'webcam' : 'rtmp',
      ...(life.preset && { preset_id: life.preset }),
      ...(random.chance(0.9) && { scheduled_start_time: new Date(planned).toISOString() }),
    },
  };
};

const started = (life: Life, random: Random, now: number): Act => {
  life.phase = 'live';
  if (life.lease !== undefined) life.nextBeatAt = now + 1500;
  return {
    type: 'session.started.v1',
    data: {
      room_id: random.chance(0.95) ? roomOf(life, random) : null,
      title: title(random),
      ...(life.preset && { preset_id: life.preset }),
      ...(random.chance(0.2) && { started_at: new Date(now - random.integer(0, 20_000)).toISOString() }),
      ...(random.chance(0.5) && { hls_url: `https://cdn.example.com/${random.integer(1, 1e9)}.m3u8` }),
      ...(life.lease !== undefined && { lease_seconds: life.lease }),
    },
  };
};

const updated = (_life: Life, random: Random, now: number): Act => {
  const changes = {
    title: title(random),
    description: random.chance(0.3) ? null : `About ${random.integer(1, 1e9)}`,
    mode: random.chance(0.5) ? 'webcam' : 'rtmp',
    scheduled_start_time: random.chance(0.3) ? null : new Date(now + random.integer(1, 600) * MINUTE_MS).toISOString(),
    hls_url: random.chance(0.3) ? null : `https://cdn.example.com/${random.integer(1, 1e9)}.m3u8`,
    recording_enabled: random.chance(0.5),
    chat_enabled_override: random.chance(0.3) ? null : random.chance(0.5),
    max_join_limit_override: random.integer(0, 1e9),
  };
  const names = Object.keys(changes).filter(() => random.chance(0.25));
  const chosen = names.length > 0 ? names : ['title'];
  return {
    type: 'session.updated.v1',
    data: Object.fromEntries(chosen.map((name) => [name, changes[name as keyof typeof changes]])),
  };
};

const ended = (life: Life, random: Random, now: number): Act => {
  life.phase = 'over';
  life.nextBeatAt = undefined;
  return {
    type: 'session.ended.v1',
    data: {
      ...(random.chance(0.6) && { reason: `reason ${random.integer(1, 9)}` }),
      ...(random.chance(0.3) && { ended_at: new Date(now - random.integer(0, 5000)).toISOString() }),
    },
  };
};

const deleted = (life: Life): Act => {
  life.phase = 'over';
  life.nextBeatAt = undefined;
  return { type: 'session.deleted.v1' };
};

const counted = (life: Life, random: Random): Act => {
  life.count = Math.max(0, life.count + random.integer(-50, 60) * (random.chance(0.1) ? 100 : 1));
  return { type: 'viewers.counted.v1', data: { viewer_count: life.count } };
};

export const heartbeat: Act = { type: 'session.heartbeat.v1' };

/** A leased session that stops speaking: nothing is sent. */
export function fallSilent(life: Life): void {
  life.phase = 'over';
  life.nextBeatAt = undefined;
}

const ACTS: Record<Life['phase'], Weighted> = {
  new: [
    [40, scheduled],
    [50, started],
    [3, updated],
    [3, ended],
    [4, counted],
  ],
  scheduled: [
    [50, started],
    [20, updated],
    [8, scheduled],
    [6, ended],
    [2, deleted],
    [4, counted],
  ],
  live: [
    [20, updated],
    [60, counted],
    [9, ended],
    [2, started],
    [1, deleted],
  ],
  over: [
    [4, started],
    [6, updated],
    [12, counted],
    [4, ended],
    [1, deleted],
    [4, () => heartbeat],
  ],
};

/** What a session says next, by its phase and by chance. */
export function nextAct(life: Life, random: Random, now: number): Act {
  return pickWeighted(ACTS[life.phase], random)(life, random, now);
}

function pickWeighted(acts: Weighted, random: Random): Weighted[number][1] {
  let left = random.next() * acts.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, act] of acts) {
    left -= weight;
    if (left <= 0) return act;
  }
  return counted;
}

function title(random: Random): string {
  return `Title ${random.integer(1, 1_000_000)}`;
}
