import type { Act } from '#libs/contracts';
import type { DataSource } from 'typeorm';
import { plainText } from '../plain-text';

/** What an act is, without how it went. */
export type ActSaid = Pick<Act, 'what' | 'of' | 'why' | 'who'>;

/** An act to be carried out. */
export interface TakenAct {
  act: Act;
  /** It was taken before by one that did not say how it ended: what it asks for may have been done. */
  isAgain: boolean;
}

/** How an act ended. */
export type ActEnd = { state: 'done'; result: Record<string, unknown> } | { state: 'failed'; error: string };

interface Row {
  id: string;
  what: Act['what'];
  said: Act['of'];
  why: string;
  who: string;
  asked_at: Date;
  state: Act['state'];
  taken_at: Date | null;
  ended_at: Date | null;
  result: Act['result'];
  error: string | null;
}

/** Characters. */
const LONGEST_ERROR = 2000;
const LONGEST_WHY = 500;
const LONGEST_WHO = 500;

const COLUMNS = 'id, what, said, why, who, asked_at, state, taken_at, ended_at, result, error';

/** What operators asked for, and what became of it. */
export class Acts {
  constructor(private readonly source: DataSource) {}

  /** Asks that a lifecycle process does it. */
  async ask({ what, of, why, who }: ActSaid): Promise<Act> {
    const [row] = (await this.source.query(
      `INSERT INTO admin_acts (what, said, why, who) VALUES ($1, $2, $3, $4) RETURNING ${COLUMNS}`,
      [what, JSON.stringify(of), ...writtenBy(why, who)],
    )) as [Row];
    return actOf(row);
  }

  /** Writes down what was done without being asked for here. */
  async note({ what, of, why, who }: ActSaid, end: ActEnd): Promise<void> {
    await this.source.query(
      `INSERT INTO admin_acts (what, said, why, who, state, taken_at, ended_at, result, error)
       VALUES ($1, $2, $3, $4, $5, now(), now(), $6, $7)`,
      [what, JSON.stringify(of), ...writtenBy(why, who), end.state, ...endValues(end)],
    );
  }

  /** The newest first; `before`: only those with a lesser id. */
  async list(limit: number, before?: string): Promise<Act[]> {
    const rows = (await this.source.query(
      `SELECT ${COLUMNS} FROM admin_acts WHERE $2::bigint IS NULL OR id < $2 ORDER BY id DESC LIMIT $1`,
      [limit, before ?? null],
    )) as Row[];
    return rows.map(actOf);
  }

  async get(id: string): Promise<Act | null> {
    const [row] = (await this.source.query(`SELECT ${COLUMNS} FROM admin_acts WHERE id = $1`, [id])) as Row[];
    return row ? actOf(row) : null;
  }

  /**
   * Takes the oldest act of these kinds that nobody has taken, or whose taker has not held on to it: of several processes
   * one gets it. It is the taker's for `forMs`. null: nothing is to be done.
   */
  async take(taker: string, forMs: number, kinds: readonly Act['what'][]): Promise<TakenAct | null> {
    const [rows] = (await this.source.query(
      `WITH next AS (
         SELECT id AS next_id, state AS was FROM admin_acts
         WHERE what = ANY($3) AND (state = 'asked' OR (state = 'taken' AND taken_until < clock_timestamp()))
         ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
       UPDATE admin_acts SET state = 'taken', taken_by = $1, taken_at = now(), taken_until = clock_timestamp() + $2 * interval '1 ms'
       FROM next WHERE id = next_id RETURNING ${COLUMNS}, was`,
      [taker, forMs, kinds],
    )) as [(Row & { was: Act['state'] })[], number];
    if (!rows[0]) return null;
    const { was, ...row } = rows[0];
    return { act: actOf(row), isAgain: was === 'taken' };
  }

  /** Holds on to an act. False: another has it by now, or it is over. */
  async hold(id: string, taker: string, forMs: number): Promise<boolean> {
    const [, held] = (await this.source.query(
      `UPDATE admin_acts SET taken_until = clock_timestamp() + $3 * interval '1 ms'
       WHERE id = $1 AND taken_by = $2 AND state = 'taken'`,
      [id, taker, forMs],
    )) as [unknown[], number];
    return held === 1;
  }

  /** Says how an act ended, once. False: it is another's by now. */
  async end(id: string, taker: string, end: ActEnd): Promise<boolean> {
    const [, ended] = (await this.source.query(
      `UPDATE admin_acts SET state = $3, ended_at = now(), result = $4, error = $5
       WHERE id = $1 AND taken_by = $2 AND state = 'taken'`,
      [id, taker, end.state, ...endValues(end)],
    )) as [unknown[], number];
    return ended === 1;
  }
}

/** A token's subject, and what was typed, may hold what Postgres does not. */
function writtenBy(why: string, who: string): [why: string, who: string] {
  return [plainText(why, LONGEST_WHY), plainText(who, LONGEST_WHO)];
}

function endValues(end: ActEnd): [result: string | null, error: string | null] {
  return end.state === 'done' ? [JSON.stringify(end.result), null] : [null, plainText(end.error, LONGEST_ERROR)];
}

function actOf({ said, asked_at, taken_at, ended_at, ...row }: Row): Act {
  return {
    ...row,
    of: said,
    asked_at: asked_at.toISOString(),
    taken_at: taken_at && taken_at.toISOString(),
    ended_at: ended_at && ended_at.toISOString(),
  };
}
