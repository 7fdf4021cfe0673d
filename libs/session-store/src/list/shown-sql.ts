/** Joins of what is shown with a session `s`: its counts `c`, its room `r`, the room's host `h`, its preset `p`. */
export const JOINS = `LEFT JOIN session_counts c ON c.session_id = s.id
  LEFT JOIN reference_data r ON r.id = s.room_id AND r.kind = 'room'
  LEFT JOIN reference_data h ON h.id = (r.state ->> 'host_id')::uuid AND h.kind = 'host'
  LEFT JOIN reference_data p ON p.id = s.preset_id AND p.kind = 'preset'`;

/**
 * What `SHOWN_COUNT` and `SHOWN_PEAK` need of them. Looked up for each session: else the planner may read the counts of
 * all sessions that ever were for those of the live ones.
 */
export const COUNT_JOINS = `LEFT JOIN LATERAL (SELECT * FROM session_counts WHERE session_id = s.id LIMIT 1) c ON true
  LEFT JOIN LATERAL (SELECT * FROM reference_data WHERE id = s.preset_id AND kind = 'preset' LIMIT 1) p ON true`;

/** Counts that a preset hides, or may hide, are not there for filters and sorts either. */
const SHOWS_COUNTS = `(s.preset_id IS NULL OR (p.state IS NOT NULL AND p.state ->> 'viewer_count_visible' IS DISTINCT FROM 'false'))`;

/** A count is newer than the last end where it is of a later millisecond. */
export const SHOWN_COUNT = `CASE WHEN NOT ${SHOWS_COUNTS} THEN NULL WHEN s.status IN ('ended', 'expired') THEN 0
  WHEN s.status = 'live' AND c.viewer_count_at >= coalesce(s.counts_after + interval '1 ms', '-infinity') THEN c.viewer_count END`;

export const SHOWN_PEAK = `CASE WHEN ${SHOWS_COUNTS} THEN c.max_viewers END`;
