const BY_THE_CLOCK = "'{version,status,health,ended_at,end_reason,updated_at}'::text[]";
/** By the fold's text: it has a lease (`l`) or heartbeats (`h`), so the watchdog decides some of it by the clock. */
const HAS_LEASE = "f.fold::jsonb ?| array['l', 'h']";
/** By the fold's text: without `c`, up to when the watchdog has looked. */
const FOLD = "f.fold::jsonb - 'c'";

const HOURS = `
  SELECT session_id, date_bin('1 hour', bucket, 'epoch') AS hour, min(min) AS min, max(max) AS max,
    (array_agg(jsonb_build_array(last_at, seq, source, event_id, last)
      ORDER BY last_at DESC, seq DESC, source DESC, event_id DESC, last DESC))[1] AS last
  FROM (SELECT * FROM viewer_buckets UNION ALL SELECT * FROM viewer_minutes UNION ALL SELECT * FROM viewer_hours) AS all_grains
  GROUP BY 1, 2`;

interface Part {
  from: string;
  /** Of a row, what may not change while nothing new is said. */
  row: string;
}

const PARTS: Record<string, Part> = {
  sessions: {
    from: 'sessions s JOIN session_folds f ON f.id = s.id',
    row: `CASE WHEN ${HAS_LEASE} THEN to_jsonb(s) - ${BY_THE_CLOCK} ELSE to_jsonb(s) END`,
  },
  session_folds: {
    from: 'session_folds f',
    row: `CASE WHEN ${HAS_LEASE} THEN jsonb_build_array(f.id, f.room_id, ${FOLD})
      ELSE jsonb_build_array(f.id, f.room_id, f.version, encode(f.content, 'hex'), ${FOLD}) END`,
  },
  // Whether it is calm and when to look next follows from the clock as well.
  session_signals: { from: 'session_signals g', row: `jsonb_build_array(g.session_id, g.last_signal_at)` },
  room_claims: { from: 'room_claims c', row: 'to_jsonb(c)' },
  event_inbox: { from: 'event_inbox i', row: 'to_jsonb(i)' },
  // What was derived has no place, and follows from the clock.
  session_log: { from: 'session_log l WHERE l.topic IS NOT NULL', row: 'to_jsonb(l)' },
  session_counts: { from: 'session_counts n', row: 'to_jsonb(n)' },
  // In steps of an hour: whether some of it was rolled up meanwhile does not matter. Steps are I11's.
  viewer_history: { from: `(${HOURS}) AS h`, row: 'to_jsonb(h)' },
  reference_data: { from: 'reference_data r', row: 'to_jsonb(r)' },
  // A replay in vain is counted; nothing else of a row may change.
  quarantine: { from: 'quarantine q', row: `to_jsonb(q) - '{tries,last_error}'::text[]` },
};

/** By table, a statement that gives one line, `mark`, that says all that is in it. */
export const FINGERPRINTS: Record<string, string> = Object.fromEntries(
  Object.entries(PARTS).map(([table, { from, row }]) => [
    table,
    `WITH marks AS (SELECT md5((${row})::text) AS mark FROM ${from})
     SELECT count(*) || ' ' || coalesce(md5(string_agg(mark, '' ORDER BY mark)), '') AS mark FROM marks`,
  ]),
);
