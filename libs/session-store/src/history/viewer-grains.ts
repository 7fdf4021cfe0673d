/**
 * Viewer history at three grains: buckets of ten seconds, which are rolled up into buckets of a minute, and these into
 * buckets of an hour. A bucket has the least, the greatest and the last count, so that a bucket of buckets is exact, and
 * the same however often and in whatever order they are put together.
 *
 * The row of `viewer_grains` says from when on there are buckets of ten seconds (`tens_from`), and before that from when on
 * there are buckets of a minute (`minutes_from`). It is moved before anything is rolled up. From then on nobody writes finer
 * buckets of that time: what comes late goes to the grain that is left; and nobody shows them, whether or not they are
 * rolled up already. So a partition can be rolled up, looked through again, and dropped, and answers do not change meanwhile.
 */
export const GRAINS = {
  minute: { table: 'viewer_minutes', interval: '1 minute', ms: 60_000 },
  hour: { table: 'viewer_hours', interval: '1 hour', ms: 3_600_000 },
} as const;

export type Grain = keyof typeof GRAINS;

/** Equal tokens: the greater value wins, so the value is the last of what is compared. */
const LATER = `(excluded.last_at, excluded.seq, excluded.source, excluded.event_id, excluded.last)
  > (b.last_at, b.seq, b.source, b.event_id, b.last)`;

/** What a bucket that is there already (`b`) becomes with another of the same time, of whatever grain. */
export const MERGED = `
  ON CONFLICT (session_id, bucket) DO UPDATE SET
    min = least(b.min, excluded.min),
    max = greatest(b.max, excluded.max),
    last = CASE WHEN ${LATER} THEN excluded.last ELSE b.last END,
    last_at = CASE WHEN ${LATER} THEN excluded.last_at ELSE b.last_at END,
    seq = CASE WHEN ${LATER} THEN excluded.seq ELSE b.seq END,
    source = CASE WHEN ${LATER} THEN excluded.source ELSE b.source END,
    event_id = CASE WHEN ${LATER} THEN excluded.event_id ELSE b.event_id END
  WHERE excluded.min < b.min OR excluded.max > b.max OR ${LATER}`;

/**
 * Puts finer buckets into those of a grain: `finer` is the text of what is read, with the columns of `viewer_buckets`.
 * All write in one order, so that no two wait for each other.
 */
export const foldInto = (grain: Grain, finer: string) => `
  INSERT INTO ${GRAINS[grain].table} AS b (session_id, bucket, min, max, last, last_at, seq, source, event_id)
  SELECT DISTINCT ON (session_id, at) session_id, at, min(min) OVER same, max(max) OVER same, last, last_at, seq, source, event_id
  FROM (SELECT *, date_bin('${GRAINS[grain].interval}', bucket, 'epoch') AS at FROM ${finer}) AS f
  WINDOW same AS (PARTITION BY session_id, at)
  ORDER BY session_id, at, last_at DESC, seq DESC, source DESC, event_id DESC, last DESC${MERGED}`;
