import { FOLD_VERSION } from '#libs/session';
import { RARE_WORDS, SAY_A_RARE_WORD } from './titles';

export const LIVE = 100_000;
export const SCHEDULED = 20_000;
/** Rooms with a past; each has a live session as well. The other live ones have a room of their own each. */
export const ROOMS = 10_000;
export const HOSTS = 20_000;
export const LIBRARIES = 200;
export const ORGANIZATIONS = 500;
export const PRESETS = 100;
export const POOL = 400_000;
export const PAST_DAYS = 730;

/** The same as `idOf` in Postgres. */
const id = (name: string, n: string) => `md5('${name}' || (${n}))::uuid`;
const iso = (time: string) => `to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
/** Which of the pooled texts session `n` has: the last sessions have the rare words. */
const pooledText = (n: string, past: number) =>
  `CASE WHEN ${past} - ${n} BETWEEN 0 AND ${RARE_WORDS.length * SAY_A_RARE_WORD - 1}
    THEN 1 + (${past} - ${n}) / ${SAY_A_RARE_WORD}
    ELSE ${RARE_WORDS.length + 1} + (${n}::bigint * 2654435761) % ${POOL - RARE_WORDS.length} END`;

/** Rooms, hosts and presets. */
export const REFERENCE_DATA = [
  reference(
    'host',
    HOSTS,
    `jsonb_build_object('username', 'host-' || n, 'email', 'host' || n || '@example.org',
      'external_user_id', 'user-' || n, 'organization_id', ${id('organization', `n % ${ORGANIZATIONS}`)}, 'role', 'host',
      'is_active', true, 'created_at', ${iso('began')})`,
  ),
  reference(
    'room',
    LIVE,
    `jsonb_build_object('title', 'Room ' || n, 'description', 'What is on in room ' || n,
      'host_id', ${id('host', `1 + n % ${HOSTS}`)}, 'library_id', ${id('library', `n % ${LIBRARIES}`)},
      'created_at', ${iso('began')}, 'updated_at', ${iso('began')})`,
  ),
  reference(
    'preset',
    PRESETS,
    `jsonb_build_object('name', 'Preset ' || n, 'library_id', ${id('library', `n % ${LIBRARIES}`)},
      'max_join_limit', 1000, 'primary_color', '#2050ff', 'viewer_count_visible', n > 1)`,
  ),
];

function reference(kind: string, count: number, state: string): string {
  return `INSERT INTO reference_data (id, kind, version, at, "offset", state)
    SELECT ${id(kind, 'n')}, '${kind}', 1, began, n, ${state}
    FROM generate_series(1, ${count}) n, (SELECT now() - interval '${PAST_DAYS} days' AS began) long_ago`;
}

/**
 * Sessions in the order of their creation: the past, of which one in twelve expired, then what is live, then what is
 * scheduled. The rooms of the past are as Zipf has them.
 */
export function sessionsOf(past: number): string {
  const all = past + LIVE + SCHEDULED;
  return `INSERT INTO sessions (id, version, room_id, preset_id, title, description, status, health, mode, started_at,
      ended_at, end_reason, scheduled_start_time, hls_url, recording_enabled, created_at, updated_at, listed, deleted)
    SELECT ${id('session', 'n')}, 1 + n % 5, ${id('room', 'room')},
      CASE n % 2 WHEN 0 THEN ${id('preset', `1 + n / 2 % ${PRESETS}`)} END, p.title, p.description, status,
      CASE status WHEN 'live' THEN 'ok' END, CASE WHEN n % 7 < 3 THEN 'webcam' ELSE 'rtmp' END,
      CASE WHEN status IN ('live', 'ended') THEN began END, CASE status WHEN 'ended' THEN ended END,
      CASE status WHEN 'ended' THEN 'finished' END,
      CASE WHEN status IN ('scheduled', 'expired') OR n % 4 = 1 THEN began + interval '5 minutes' END,
      'https://cdn.example.org/live/' || n || '/index.m3u8', n % 5 < 2, created,
      CASE WHEN status IN ('ended', 'expired') THEN ended WHEN status = 'live' THEN began ELSE created END, true, false
    FROM (SELECT n, ${pooledText('n', past)} AS text,
        CASE WHEN n > ${past + LIVE} THEN 1 + n % ${ROOMS} WHEN n > ${past} THEN n - ${past}
          ELSE floor(power(${ROOMS}::float8 + 1, random()))::int END AS room,
        CASE WHEN n > ${past + LIVE} THEN 'scheduled' WHEN n > ${past} THEN 'live' WHEN n % 12 = 5 THEN 'expired'
          ELSE 'ended' END AS status,
        CASE WHEN n > ${past + LIVE} THEN now() + random() * interval '14 days'
          WHEN n > ${past} THEN now() - (${past + LIVE} - n + random()) / ${LIVE} * interval '8 hours'
          ELSE now() - interval '8 hours' - (${past} - n + random()) / ${past} * interval '${PAST_DAYS} days' END AS began,
        power(random(), 2) * interval '6 hours' + interval '1 minute' AS lasted
      FROM generate_series(1, ${all}) n) given
    JOIN history_texts p ON p.place = text
    CROSS JOIN LATERAL (SELECT began + lasted AS ended,
      CASE status WHEN 'scheduled' THEN now() - random() * interval '7 days' ELSE began - interval '10 minutes' END AS created) times`;
}

export function textsOf(past: number): string {
  return `INSERT INTO session_texts (session_id, fold_version, folded, grams)
    SELECT ${id('session', 'given.n')}, ${FOLD_VERSION}, p.folded, p.grams
    FROM generate_series(1, ${past + LIVE + SCHEDULED}) AS given (n) JOIN history_texts p ON p.place = ${pooledText('given.n', past)}`;
}

/** Of all that are live, one in ten of them with nobody, and of most that have ended. */
export function countsOf(past: number): string {
  return `INSERT INTO session_counts (session_id, version, viewer_count, viewer_count_at, seq, source, event_id,
      max_viewers, max_viewers_at)
    SELECT ${id('session', 'n')}, 1 + n % 50, CASE n % 10 WHEN 0 THEN 0 ELSE watched END,
      CASE WHEN n > ${past} THEN now() ELSE now() - interval '${PAST_DAYS} days' END, n, '/studio/counts', ${id('event', 'n')}::text,
      watched + 20, now() - interval '1 hour'
    FROM (SELECT n, floor(power(20000, random()))::int AS watched FROM generate_series(1, ${past + LIVE}) n
      WHERE n > ${past} OR (n % 12 <> 5 AND n % 5 > 0)) given`;
}
