import type { DataSource } from 'typeorm';
import { inBoundedStep } from './bounded-step';
import type { Leaving, LeavingPlan, LeavingStep } from './leaving';
import { COUNTED_AT_MOST, DAY_MS, ageOf, countedRows } from './old-rows';
import { type Departure, takeSessionsAway } from './take-sessions-away';

/** Their rooms are locked for as long as the step takes. */
const AT_ONCE = 200;

/** What was looked at last; those behind it come next. */
interface Looked {
  updated_at: Date;
  id: string;
}

const NOTHING_LOOKED_AT: Looked = { updated_at: new Date(0), id: '00000000-0000-0000-0000-000000000000' };

/**
 * Sessions of a kind leave so many days after the last that was said of them. In the order of their age; one that may not
 * leave yet, as one that still beats, is passed over until all have had their turn.
 */
export class LeavingSessions implements Leaving {
  private looked = NOTHING_LOOKED_AT;

  constructor(
    readonly table: 'sessions_ended' | 'sessions_expired' | 'sessions_unlisted',
    private readonly days: number,
  ) {}

  async oldest(source: DataSource, now: number): Promise<number | null> {
    const [row] = await (this.status === null
      ? source.query(OLDEST_UNLISTED)
      : source.query(OLDEST_LISTED, [this.status]));
    return ageOf(row?.at ?? null, now);
  }

  async plan(source: DataSource, now: number): Promise<LeavingPlan[]> {
    const before = new Date(this.before(now));
    const rows = await (this.status === null
      ? countedRows(source, COUNT_UNLISTED, [before, COUNTED_AT_MOST])
      : countedRows(source, COUNT_LISTED, [before, COUNTED_AT_MOST, this.status]));
    return rows === 0 ? [] : [{ what: `delete ${this.table} before ${before.toISOString()}`, rows }];
  }

  async step(source: DataSource, now: number): Promise<LeavingStep> {
    const found = await this.next(source, now);
    const departure = { status: this.status, before: this.before(now), now };
    const before = this.looked;
    // Also where the step fails: those that others hold do not hold up those behind them.
    this.looked = found.length < AT_ONCE ? NOTHING_LOOKED_AT : (found.at(-1) ?? NOTHING_LOOKED_AT);
    if (found.length === 0) return { rows: 0, more: false, did: null };
    const ids = found.map(({ id }) => id).sort();
    const { rows, whole } = await inBoundedStep(source, (runner) => takeSessionsAway(runner, ids, departure));
    if (!whole) this.looked = before;
    return { rows, more: !whole || found.length === AT_ONCE, did: null };
  }

  private async next(source: DataSource, now: number): Promise<Looked[]> {
    const { updated_at: at, id } = this.looked;
    const values = [new Date(this.before(now)), at, id, AT_ONCE];
    return await (this.status === null
      ? source.query(NEXT_UNLISTED, values)
      : source.query(NEXT_LISTED, [...values, this.status]));
  }

  private before(now: number): number {
    return now - this.days * DAY_MS;
  }

  private get status(): Departure['status'] {
    return STATUS[this.table];
  }
}

const STATUS = { sessions_ended: 'ended', sessions_expired: 'expired', sessions_unlisted: null } as const;

const OLDEST_LISTED = `SELECT min(updated_at) AS at FROM sessions WHERE listed AND status = $1`;

/** Of the first of them: whose time is not in its row, as of one that only beats, has it in its signals. */
const OLDEST_UNLISTED = `
  SELECT min(coalesce(g.last_signal_at, s.updated_at)) AS at
  FROM (SELECT id, updated_at FROM sessions WHERE NOT listed ORDER BY updated_at, id LIMIT 1000) s
  LEFT JOIN LATERAL (SELECT last_signal_at FROM session_signals WHERE session_id = s.id LIMIT 1) g ON true
  WHERE g.last_signal_at IS NOT NULL OR s.updated_at > 'epoch'`;

const COUNT_LISTED = `
  SELECT count(*) AS rows FROM (
    SELECT FROM sessions WHERE listed AND status = $3 AND updated_at < $1 ORDER BY updated_at, id LIMIT $2) AS old`;

const COUNT_UNLISTED = `
  SELECT count(*) AS rows FROM (
    SELECT id FROM sessions WHERE NOT listed AND updated_at < $1 ORDER BY updated_at, id LIMIT $2) AS s
  LEFT JOIN LATERAL (SELECT last_signal_at FROM session_signals WHERE session_id = s.id LIMIT 1) g ON true
  WHERE g.last_signal_at IS NULL OR g.last_signal_at < $1`;

const NEXT_LISTED = `
  SELECT id, updated_at FROM sessions
  WHERE listed AND status = $5 AND updated_at < $1 AND (updated_at, id) > ($2, $3::uuid)
  ORDER BY updated_at, id LIMIT $4`;

const NEXT_UNLISTED = `
  SELECT id, updated_at FROM sessions
  WHERE NOT listed AND updated_at < $1 AND (updated_at, id) > ($2, $3::uuid)
  ORDER BY updated_at, id LIMIT $4`;
