import { type CountFact, type CountsRecord, evolveCounts, mergeCounts } from '#libs/session';
import type { QueryRunner } from 'typeorm';
import { type Columns, EPOCH_MS, EPOCH_US, given, names, unnest } from '../columns';

const BUCKET_MS = 10_000;
const BUCKET_US = BUCKET_MS * 1000;

/** A count and whose it is. */
export type SessionCount = CountFact & { subject: string };

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
const newer = (column: string) => `${column} = CASE WHEN ${NEWER} THEN excluded.${column} ELSE c.${column} END`;
const higher = (column: string) => `${column} = CASE WHEN ${HIGHER} THEN excluded.${column} ELSE c.${column} END`;

const UPSERT = `ON CONFLICT (session_id) DO UPDATE SET
  ${['viewer_count', 'viewer_count_at', 'seq', 'source', 'event_id'].map(newer).join(', ')},
  ${['max_viewers', 'max_viewers_at'].map(higher).join(', ')},
  version = c.version + 1
  WHERE ${NEWER} OR ${HIGHER}`;

const LATER = `(excluded.last_at, excluded.seq, excluded.source, excluded.event_id, excluded.last)
  > (b.last_at, b.seq, b.source, b.event_id, b.last)`;
const later = (column: string) => `${column} = CASE WHEN ${LATER} THEN excluded.${column} ELSE b.${column} END`;

const BUCKET_UPSERT = `ON CONFLICT (session_id, bucket) DO UPDATE SET
  min = least(b.min, excluded.min), max = greatest(b.max, excluded.max),
  ${['last', 'last_at', 'seq', 'source', 'event_id'].map(later).join(', ')}
  WHERE excluded.min < b.min OR excluded.max > b.max OR ${LATER}`;

/**
 * Folds viewer counts, inside the caller's transaction: one write per session however many counts a slice has, and one
 * per session and 10 s bucket. Gives the ids of the sessions that were counted.
 */
export async function recordCounts(runner: QueryRunner, counts: readonly SessionCount[]): Promise<string[]> {
  if (counts.length === 0) return [];
  const bySession = foldBuckets(counts);
  const ids = [...bySession.keys()].sort();
  const buckets = ids.flatMap((id) => [...(bySession.get(id)?.values() ?? [])].sort((a, b) => a.start - b.start));
  const sessions = new Map<string, CountsRecord>();
  for (const { subject, counts: of } of buckets) sessions.set(subject, mergeCounts(sessions.get(subject), of));
  const { from, values } = unnest(COLUMNS, [...sessions].map(countsWrite));
  await runner.query(
    `INSERT INTO session_counts AS c (version, ${names(COLUMNS)}) SELECT 1, ${given(COLUMNS)} FROM ${from} ${UPSERT}`,
    values,
  );
  const bucketed = unnest(BUCKET_COLUMNS, buckets.map(bucketWrite));
  await runner.query(
    `INSERT INTO viewer_buckets AS b (${names(BUCKET_COLUMNS)}) SELECT ${given(BUCKET_COLUMNS)} FROM ${bucketed.from} ${BUCKET_UPSERT}`,
    bucketed.values,
  );
  return ids;
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
