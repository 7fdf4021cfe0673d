import type { DataSource, QueryRunner } from 'typeorm';
import { type Columns, EPOCH_MS, unnest } from '../columns';
import { boundedOffset, boundedTime } from '../bounds';
import type { Progress } from '../slice/slice';

/** How far a partition has been ingested; epoch ms. */
export interface PartitionProgress {
  topic: string;
  partition: number;
  /** The next offset. */
  nextOffset: string;
  /** Of the last ingested record; null before the first. */
  brokerTime: number | null;
  updatedAt: number;
}

/**
 * Offsets of the log that were not ingested in their turn: `from` (included) to `to` (excluded). `missing`: nobody can
 * read them any more. `replayed`: they are read again. `recreated`: the log is another one, and read from its beginning.
 */
export interface Gap {
  topic: string;
  partition: number;
  kind: 'missing' | 'replayed' | 'recreated';
  from: string;
  to: string;
  why: string;
}

export type FoundGap = Gap & { id: string; foundAt: number };

/**
 * A slice does not join on to what the record has: the record was restored, or offsets were jumped over. Whoever reads
 * the log has to find its place anew.
 */
export class ProgressBroken extends Error {
  constructor({ topic, partition, fromOffset }: Progress) {
    super(`${topic}/${partition}: the record does not go up to offset ${fromOffset}`);
    this.name = 'ProgressBroken';
  }
}

/** Locks a partition's progress for the transaction, so that no other slice of it goes on. Gives its next offset. Throws ProgressBroken. */
export async function lockProgress(runner: QueryRunner, progress: Progress): Promise<string> {
  const [row] = (await runner.query(
    `SELECT next_offset FROM ingest_progress WHERE topic = $1 AND partition = $2 FOR NO KEY UPDATE`,
    [progress.topic, progress.partition],
  )) as { next_offset: string }[];
  if (!row) throw new ProgressBroken(progress);
  return row.next_offset;
}

interface Advance {
  topic: string;
  partition: number;
  from_offset: string;
  next_offset: string;
  broker_time: number | null;
}

const ADVANCES: Columns<Advance> = [
  ['topic', 'text'],
  ['partition', 'integer'],
  ['from_offset', 'bigint'],
  ['next_offset', 'bigint'],
  ['broker_time', EPOCH_MS],
];

/**
 * Moves the progress of partitions forward, each of them given once, inside the caller's transaction. Throws
 * ProgressBroken for the first that does not join on.
 */
export async function advance(runner: QueryRunner, progresses: readonly Progress[]): Promise<void> {
  if (progresses.length === 0) return;
  const rows = progresses.map(({ topic, partition, fromOffset, nextOffset, brokerTime }) => ({
    topic,
    partition,
    from_offset: boundedOffset(fromOffset),
    next_offset: boundedOffset(nextOffset),
    broker_time: brokerTime === null ? null : boundedTime(brokerTime),
  }));
  const { from, values } = unnest(ADVANCES, rows);
  const [joined] = (await runner.query(
    `UPDATE ingest_progress p SET next_offset = greatest(p.next_offset, given.next_offset), updated_at = now(),
       broker_time = CASE WHEN p.next_offset < given.next_offset THEN coalesce(given.broker_time, p.broker_time)
         ELSE p.broker_time END
     FROM ${from}
     WHERE p.topic = given.topic AND p.partition = given.partition AND p.next_offset >= given.from_offset
     RETURNING p.topic, p.partition`,
    values,
  )) as [Pick<Progress, 'topic' | 'partition'>[], number];
  const broken = progresses.find(
    (one) => !joined.some(({ topic, partition }) => topic === one.topic && partition === one.partition),
  );
  if (broken) throw new ProgressBroken(broken);
}

/** What is known of the way of each partition, and what was missed of it. */
export class IngestProgress {
  constructor(private readonly source: DataSource) {}

  /** Of the topics' partitions that have been ingested from. */
  async of(topics: readonly string[]): Promise<PartitionProgress[]> {
    const rows = (await this.source.query(
      `SELECT topic, partition, next_offset, broker_time, updated_at FROM ingest_progress
       WHERE topic = ANY($1) ORDER BY topic, partition`,
      [topics],
    )) as { topic: string; partition: number; next_offset: string; broker_time: Date | null; updated_at: Date }[];
    return rows.map((row) => ({
      topic: row.topic,
      partition: row.partition,
      nextOffset: row.next_offset,
      brokerTime: row.broker_time?.getTime() ?? null,
      updatedAt: row.updated_at.getTime(),
    }));
  }

  /** A consumer begins with a partition; what is known of it stays. */
  async begin(topic: string, partition: number, offset: string): Promise<void> {
    await this.source.query(
      `INSERT INTO ingest_progress (topic, partition, next_offset) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [topic, partition, offset],
    );
  }

  /** A consumer passed offsets that hold nothing for it: markers of transactions, what was compacted away. */
  async passed(topic: string, partition: number, from: string, to: string): Promise<void> {
    await this.source.query(
      `UPDATE ingest_progress SET next_offset = $4, updated_at = now()
       WHERE topic = $1 AND partition = $2 AND next_offset >= $3 AND next_offset < $4`,
      [topic, partition, from, to],
    );
  }

  /** Writes a gap down, and lets the progress go on behind it, at `offset`. False: it was known. */
  async note(gap: Gap, offset: string): Promise<boolean> {
    // Only from where it was when the gap was seen: somebody else may have noted it, and gone on.
    const expected = { missing: gap.from, recreated: gap.to, replayed: null }[gap.kind];
    const [found] = (await this.source.query(
      `WITH moved AS (
         UPDATE ingest_progress SET next_offset = $7, updated_at = now()
         WHERE topic = $1 AND partition = $2 AND next_offset = $8)
       INSERT INTO ingest_gaps (topic, partition, kind, from_offset, to_offset, why) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT DO NOTHING RETURNING id`,
      [gap.topic, gap.partition, gap.kind, gap.from, gap.to, gap.why, offset, expected],
    )) as { id: string }[];
    return found !== undefined;
  }

  /** The gaps of the topics, the newest first. */
  async gaps(topics: readonly string[], limit = 1000): Promise<FoundGap[]> {
    const rows = (await this.source.query(
      `SELECT id, topic, partition, kind, from_offset, to_offset, why, found_at FROM ingest_gaps
       WHERE topic = ANY($1) ORDER BY id DESC LIMIT $2`,
      [topics, limit],
    )) as (Pick<Gap, 'topic' | 'partition' | 'kind' | 'why'> & {
      id: string;
      from_offset: string;
      to_offset: string;
      found_at: Date;
    })[];
    return rows.map(({ from_offset: from, to_offset: to, found_at: foundAt, ...gap }) => ({
      ...gap,
      from,
      to,
      foundAt: foundAt.getTime(),
    }));
  }

  /** How many offsets were missed for good, by topic. */
  async missing(topics: readonly string[]): Promise<Map<string, number>> {
    const rows = (await this.source.query(
      `SELECT topic, sum(to_offset - from_offset) AS missing FROM ingest_gaps
       WHERE topic = ANY($1) AND kind = 'missing' GROUP BY topic`,
      [topics],
    )) as { topic: string; missing: string }[];
    return new Map(rows.map(({ topic, missing }) => [topic, Number(missing)]));
  }
}
