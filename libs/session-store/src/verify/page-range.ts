import type { QueryRunner } from 'typeorm';

/** Sessions from one id to another, both included. */
export interface PageRange {
  from: string;
  to: string;
}

export const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * The next page of sessions that any table but room_claims knows, `limit` of them, from an id on. null: there are no more.
 * A session that is kept in no other table may have left claims behind for its neighbours' sake.
 */
export async function sessionRange(runner: QueryRunner, from: string, limit: number): Promise<PageRange | null> {
  return rangeOf(await runner.query(SESSIONS, [from, limit]));
}

/** The same of rooms, hosts, presets and the texts of the former. */
export async function entityRange(runner: QueryRunner, from: string, limit: number): Promise<PageRange | null> {
  return rangeOf(await runner.query(ENTITIES, [from, limit]));
}

/** The id that comes after another one; null after the last of all. */
export function idAfter(id: string): string | null {
  const digits = (BigInt(`0x${id.replaceAll('-', '')}`) + 1n).toString(16).padStart(32, '0');
  return digits.length > 32 ? null : digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function rangeOf(rows: unknown): PageRange | null {
  const ids = (rows as { id: string }[]).map(({ id }) => id);
  const [from, to] = [ids[0], ids.at(-1)];
  return from === undefined || to === undefined ? null : { from, to };
}

const SESSIONS = `
  SELECT id FROM (
    (SELECT id FROM session_folds WHERE id >= $1 ORDER BY id LIMIT $2)
    UNION (SELECT id FROM sessions WHERE id >= $1 ORDER BY id LIMIT $2)
    UNION (SELECT session_id FROM session_signals WHERE session_id >= $1 ORDER BY session_id LIMIT $2)
    UNION (SELECT session_id FROM session_texts WHERE session_id >= $1 ORDER BY session_id LIMIT $2)
    UNION (SELECT session_id FROM session_counts WHERE session_id >= $1 ORDER BY session_id LIMIT $2)
  ) AS known ORDER BY id LIMIT $2`;

const ENTITIES = `
  SELECT id FROM (
    (SELECT id FROM reference_data WHERE id >= $1 ORDER BY id LIMIT $2)
    UNION (SELECT id FROM reference_texts WHERE id >= $1 ORDER BY id LIMIT $2)
  ) AS known ORDER BY id LIMIT $2`;
