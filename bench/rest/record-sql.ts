import { PRESET_FLAGS } from '#libs/contracts';

export const ROOMS = 5000;
export const HOSTS = 2000;
export const LIBRARIES = 50;
const PRESETS = 20;
/** The sessions began one after the other, the first one now. */
export const BEGAN_EVERY_S = 5;

export interface Sizes {
  sessions: number;
  /** One of so many sessions is live; even. */
  liveOneIn: number;
}

/** The same as `idOf` in Postgres. */
const id = (name: string, n: string) => `md5('${name}' || (${n}))::uuid`;
const iso = (time: string) => `to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Statements that write a record. Session `n` began n steps ago; of each room there is one in `ROOMS`. */
export function recordOf({ sessions, liveOneIn }: Sizes): string[] {
  return [
    reference(
      'host',
      HOSTS,
      `jsonb_build_object('username', 'host-' || n, 'email', 'host' || n || '@example.org',
      'external_user_id', 'user-' || n, 'organization_id', ${id('organization', 'n % 100')}, 'role', 'host',
      'is_active', true, 'created_at', ${iso('began')})`,
    ),
    reference(
      'room',
      ROOMS,
      `jsonb_build_object('title', 'Room ' || n, 'description', 'What is on in room ' || n,
      'host_id', ${id('host', `1 + n % ${HOSTS}`)}, 'library_id', ${id('library', `n % ${LIBRARIES}`)},
      'created_at', ${iso('began')}, 'updated_at', ${iso('began')})`,
    ),
    reference(
      'preset',
      PRESETS,
      `jsonb_build_object('name', 'Preset ' || n, 'library_id', ${id('library', `n % ${LIBRARIES}`)},
      'max_join_limit', 1000, 'primary_color', '#2050ff') || (SELECT jsonb_object_agg(flag, true)
        FROM unnest(ARRAY[${PRESET_FLAGS.map((flag) => `'${flag}'`).join(', ')}]) flag)`,
    ),
    sessionsOf(sessions, liveOneIn),
    `INSERT INTO session_counts (session_id, version, viewer_count, viewer_count_at, seq, source, event_id, max_viewers,
       max_viewers_at)
     SELECT id, 1, w, updated_at, 0, '/bench', id::text, w + 20, updated_at
     FROM (SELECT id, updated_at, 1 + (hashtext(id::text) & 4095) AS w FROM sessions WHERE started_at IS NOT NULL) counted`,
  ];
}

function reference(kind: string, count: number, state: string): string {
  return `INSERT INTO reference_data (id, kind, version, at, "offset", state)
    SELECT ${id(kind, 'n')}, '${kind}', 1, began, n, ${state}
    FROM generate_series(1, ${count}) n, (SELECT now() - interval '100 days' AS began) long_ago`;
}

/** Live every so many; of the odd ones, one in twenty is scheduled and one expired, all others have ended. */
function sessionsOf(count: number, liveOneIn: number): string {
  return `INSERT INTO sessions (id, version, room_id, preset_id, title, description, status, health, mode, started_at,
      ended_at, end_reason, scheduled_start_time, hls_url, recording_enabled, created_at, updated_at, listed, deleted)
    SELECT ${id('session', 'n')}, 1, ${id('room', `1 + n % ${ROOMS}`)}, ${id('preset', `1 + n % ${PRESETS}`)},
      'A session about something, number ' || n, 'What it is about, in one more line of text', status,
      CASE status WHEN 'live' THEN 'ok' END, CASE n % 3 WHEN 0 THEN 'webcam' ELSE 'rtmp' END,
      CASE WHEN status IN ('live', 'ended') THEN at END, CASE status WHEN 'ended' THEN at + interval '50 minutes' END,
      CASE status WHEN 'ended' THEN 'finished' END, CASE WHEN n % 4 = 1 THEN at + interval '1 day' END,
      'https://cdn.example.org/live/' || n || '/index.m3u8', n % 2 = 0, at - interval '1 hour', at, true, false
    FROM (SELECT n, now() - n * interval '${BEGAN_EVERY_S} seconds' AS at, CASE WHEN n % ${liveOneIn} = 0 THEN 'live'
      WHEN n % 20 = 1 THEN 'scheduled' WHEN n % 20 = 3 THEN 'expired' ELSE 'ended' END AS status
      FROM generate_series(1, ${count}) n) given`;
}
