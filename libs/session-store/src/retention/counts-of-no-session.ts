import type { DataSource, QueryRunner } from 'typeorm';
import { inBoundedStep } from './bounded-step';
import type { Leaving, LeavingPlan, LeavingStep } from './leaving';
import { COUNTED_AT_MOST, DAY_MS, ageOf, countedRows } from './old-rows';
import { takeViewersAway } from './viewers-that-leave';

const AT_ONCE = 500;

/**
 * Counts of sessions of which nothing else was ever said leave so many days after the last of them. Each row of counts is
 * looked at once at that age; where there is a session by then, they leave with it and are not looked at again.
 */
export class CountsOfNoSession implements Leaving {
  readonly table = 'session_counts';

  constructor(private readonly days: number) {}

  async oldest(source: DataSource, now: number): Promise<number | null> {
    const [row] = (await source.query(OLDEST)) as { at: Date | null }[];
    return ageOf(row?.at ?? null, now);
  }

  async plan(source: DataSource, now: number): Promise<LeavingPlan[]> {
    const rows = await countedRows(source, COUNT, [this.before(now), COUNTED_AT_MOST]);
    return rows === 0 ? [] : [{ what: `look at ${this.table} of sessions that may never have been listed`, rows }];
  }

  async step(source: DataSource, now: number): Promise<LeavingStep> {
    const { rows, looked } = await inBoundedStep(source, (runner) => this.look(runner, this.before(now)));
    return { rows, more: looked, did: null };
  }

  private async look(runner: QueryRunner, before: Date): Promise<{ rows: number; looked: boolean }> {
    const due = (await runner.query(LOCK_DUE, [before, AT_ONCE])) as { session_id: string }[];
    if (due.length === 0) return { rows: 0, looked: false };
    const ids = due.map(({ session_id: id }) => id).sort();
    // Those that wait with a session, or were counted since: not for long, so they are few.
    await runner.query(LOOK_LATER, [ids, before]);
    const gone = ((await runner.query(OLD_ONES, [ids, before])) as { session_id: string }[]).map(
      (row) => row.session_id,
    );
    const viewers = await takeViewersAway(runner, gone);
    if (!viewers.whole) return { rows: viewers.rows, looked: true };
    const [, taken] = (await runner.query(TAKE, [gone])) as [unknown, number];
    return { rows: viewers.rows + taken, looked: true };
  }

  private before(now: number): Date {
    return new Date(now - this.days * DAY_MS);
  }
}

const OLDEST = `SELECT min(look_at) AS at FROM session_counts WHERE look_at IS NOT NULL`;

const COUNT = `
  SELECT count(*) AS rows FROM (SELECT FROM session_counts WHERE look_at < $1 ORDER BY look_at LIMIT $2) AS due`;

const LOCK_DUE = `
  SELECT session_id FROM session_counts WHERE look_at < $1 ORDER BY look_at LIMIT $2 FOR UPDATE SKIP LOCKED`;

const LOOK_LATER = `
  UPDATE session_counts c SET look_at = CASE WHEN s.is_there THEN NULL ELSE c.viewer_count_at END
  FROM unnest($1::uuid[]) AS given (id)
    LEFT JOIN LATERAL (SELECT true AS is_there FROM sessions WHERE sessions.id = given.id LIMIT 1) s ON true
  WHERE c.session_id = given.id AND (s.is_there OR c.viewer_count_at >= $2)`;

const OLD_ONES = `
  SELECT session_id FROM session_counts WHERE session_id = ANY($1::uuid[]) AND look_at < $2`;

const TAKE = `DELETE FROM session_counts WHERE session_id = ANY($1::uuid[])`;
