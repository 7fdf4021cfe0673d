import type { ProjectionChange } from '#libs/contracts';
import { type CountFact, type CountsRecord, evolveCounts, mergeCounts } from '#libs/session';
import type { QueryRunner } from 'typeorm';
import { type Columns, EPOCH_MS, EPOCH_US, unnest } from '../columns';
import { MERGED } from '../history/viewer-grains';
import { writeLateBuckets } from '../history/write-late-buckets';
import { type CountsRow, countsChange } from '../projected';
import { COUNT_COLUMNS } from '../stored-rows';
import type { SliceEvidence } from './slice';

const BUCKET_MS = 10_000;
const BUCKET_US = BUCKET_MS * 1000;

/** A count and whose it is. */
export type SessionCount = CountFact & { subject: string };

/** What was read of a partition: its counts, and how far it goes. */
export interface ViewerSlice {
  counts: SessionCount[];
  evidence: SliceEvidence;
}

interface CountsWrite {
  session_id: string;
  viewer_count: number;
  viewer_count_at: number;
  seq: string;
  source: string;
  event_id: string;
  max_viewers: number;
  max_viewers_at: number;
}

const COLUMNS: Columns<CountsWrite> = [
  ['session_id', 'uuid'],
  ['viewer_count', 'integer'],
  ['viewer_count_at', EPOCH_US],
  ['seq', 'numeric'],
  ['source', 'text'],
  ['event_id', 'text'],
  ['max_viewers', 'integer'],
  ['max_viewers_at', EPOCH_US],
];

interface BucketWrite {
  session_id: string;
  bucket: number;
  min: number;
  max: number;
  last: number;
  last_at: number;
  seq: string;
  source: string;
  event_id: string;
}

const BUCKET_COLUMNS: Columns<BucketWrite> = [
  ['session_id', 'uuid'],
  ['bucket', EPOCH_MS],
  ['min', 'integer'],
  ['max', 'integer'],
  ['last', 'integer'],
  ['last_at', EPOCH_US],
  ['seq', 'numeric'],
  ['source', 'text'],
  ['event_id', 'text'],
];

/** Equal tokens: the greater value wins, so the value is the last of what is compared. */
const NEWER = `(excluded.viewer_count_at, excluded.seq, excluded.source, excluded.event_id, excluded.viewer_count)
  > (c.viewer_count_at, c.seq, c.source, c.event_id, c.viewer_count)`;
const HIGHER = `(excluded.max_viewers > c.max_viewers
  OR (excluded.max_viewers = c.max_viewers AND excluded.max_viewers_at < c.max_viewers_at))`;

/**
 * Gives those that it changed and whose session is open as it sees it, with the counts as they are now. `look_at`: when
 * retention may ask whether there is a session of a new row; it stays where it is when counts follow.
 */
const writeCounts = (rows: string) => `
  WITH written AS (
    INSERT INTO session_counts AS c
      (version, session_id, viewer_count, viewer_count_at, seq, source, event_id, max_viewers, max_viewers_at, look_at)
    SELECT 1, given.*, given.viewer_count_at FROM ${rows}
    ON CONFLICT (session_id) DO UPDATE SET
      version = c.version + 1,
      viewer_count = CASE WHEN ${NEWER} THEN excluded.viewer_count ELSE c.viewer_count END,
      viewer_count_at = CASE WHEN ${NEWER} THEN excluded.viewer_count_at ELSE c.viewer_count_at END,
      seq = CASE WHEN ${NEWER} THEN excluded.seq ELSE c.seq END,
      source = CASE WHEN ${NEWER} THEN excluded.source ELSE c.source END,
      event_id = CASE WHEN ${NEWER} THEN excluded.event_id ELSE c.event_id END,
      max_viewers = CASE WHEN ${HIGHER} THEN excluded.max_viewers ELSE c.max_viewers END,
      max_viewers_at = CASE WHEN ${HIGHER} THEN excluded.max_viewers_at ELSE c.max_viewers_at END
    WHERE ${NEWER} OR ${HIGHER}
    RETURNING *
  )
  SELECT c.session_id, s.version AS session_version, ${COUNT_COLUMNS}
  FROM written c JOIN sessions s ON s.id = c.session_id
  WHERE s.listed AND s.status IN ('scheduled', 'live')`;

/**
 * There are partitions up to a week ahead; what a wrong clock of a broker puts into the future is no history. Writes those
 * of a time of which there are buckets of ten seconds, and gives from when on that is; what is older goes elsewhere.
 */
const writeBuckets = (rows: string) => `
  WITH written AS (
    INSERT INTO viewer_buckets AS b (session_id, bucket, min, max, last, last_at, seq, source, event_id)
    SELECT given.* FROM ${rows}, viewer_grains g WHERE given.bucket >= g.tens_from AND given.bucket < now() + g.ahead
    ${MERGED}
  )
  SELECT extract(epoch FROM tens_from)::float8 * 1000 AS tens_from FROM viewer_grains`;

export interface RecordedCounts {
  /** All sessions that were counted. */
  counted: string[];
  /** Of open sessions whose counts changed. */
  changes: ProjectionChange[];
  /** Those of them of which the changes say nothing: unchanged, or not open as far as this transaction saw. */
  rest: string[];
}

/**
 * Folds viewer counts, inside the caller's transaction: one write per session however many counts a slice has, and one
 * per session and 10 s bucket. The rest is to be read after the commit (see `projectedCounts`): a session may be opened
 * at the same time by a transaction that sees none of this one.
 */
export async function recordCounts(runner: QueryRunner, counts: readonly SessionCount[]): Promise<RecordedCounts> {
  if (counts.length === 0) return { counted: [], changes: [], rest: [] };
  const bySession = foldBuckets(counts);
  const ids = [...bySession.keys()].sort();
  const buckets = ids.flatMap((id) => [...(bySession.get(id)?.values() ?? [])].sort((a, b) => a.start - b.start));
  const sessions = new Map<string, CountsRecord>();
  for (const { subject, counts: of } of buckets) sessions.set(subject, mergeCounts(sessions.get(subject), of));
  const { from, values } = unnest(COLUMNS, [...sessions].map(countsWrite));
  const written = (await runner.query(writeCounts(from), values)) as CountsRow[];
  const bucketed = unnest(BUCKET_COLUMNS, buckets.map(bucketWrite));
  const [grains] = (await runner.query(writeBuckets(bucketed.from), bucketed.values)) as { tens_from: number }[];
  const tensFrom = grains?.tens_from ?? -Infinity;
  if (buckets.some(({ start }) => start < tensFrom)) await writeLateBuckets(runner, bucketed.from, bucketed.values);
  const changes = written.flatMap(countsChange);
  const told = new Set(changes.map(({ id }) => id));
  return { counted: ids, changes, rest: ids.filter((id) => !told.has(id)) };
}

interface BucketFold {
  subject: string;
  start: number;
  min: number;
  counts: CountsRecord;
}

/** By session, then by the start of the bucket. */
function foldBuckets(counts: readonly SessionCount[]): Map<string, Map<number, BucketFold>> {
  const bySession = new Map<string, Map<number, BucketFold>>();
  for (const count of counts) {
    const { subject, at, viewer_count } = count;
    const start = Math.floor(at / BUCKET_US) * BUCKET_MS;
    let buckets = bySession.get(subject);
    if (!buckets) bySession.set(subject, (buckets = new Map<number, BucketFold>()));
    const bucket = buckets.get(start);
    if (!bucket) {
      buckets.set(start, { subject, start, min: viewer_count, counts: evolveCounts(undefined, count) });
      continue;
    }
    bucket.min = Math.min(bucket.min, viewer_count);
    bucket.counts = evolveCounts(bucket.counts, count);
  }
  return bySession;
}

function countsWrite([subject, { last, peak, peak_at }]: [string, CountsRecord]): CountsWrite {
  const { token, value } = last;
  return {
    session_id: subject,
    viewer_count: value,
    viewer_count_at: token.at,
    seq: token.seq,
    source: token.source,
    event_id: token.id,
    max_viewers: peak,
    max_viewers_at: peak_at,
  };
}

function bucketWrite({ subject, start, min, counts }: BucketFold): BucketWrite {
  const { token, value } = counts.last;
  return {
    session_id: subject,
    bucket: start,
    min,
    max: counts.peak,
    last: value,
    last_at: token.at,
    seq: token.seq,
    source: token.source,
    event_id: token.id,
  };
}
