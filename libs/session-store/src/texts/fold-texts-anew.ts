import { FOLD_VERSION } from '#libs/session';
import type { DataSource, QueryRunner } from 'typeorm';
import { type EntityText, type SessionTexts, writeEntityTexts, writeTexts } from './write-texts';

/** Bounds the rows that one transaction locks. */
const PAGE = 1000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

type Page = (runner: QueryRunner, after: string) => Promise<string | undefined>;

/**
 * Folds all texts that another version of the folding has written, or none, a page in each transaction. What is
 * interrupted goes on at the next call. Gives whether there was something to do. A schema that has no folded texts yet, as
 * tests of migrations have it, is passed over.
 */
export async function foldTextsAnew(source: DataSource): Promise<boolean> {
  const [{ has_texts: hasTexts }] = (await source.query(
    `SELECT to_regclass('text_folding') IS NOT NULL AS has_texts`,
  )) as [{ has_texts: boolean }];
  if (!hasTexts) return false;
  const [known] = (await source.query(`SELECT version FROM text_folding`)) as { version: number }[];
  if (known?.version === FOLD_VERSION) return false;
  for (const page of [sessionPage, entityPage]) await inPages(source, page);
  await source.query(`UPDATE text_folding SET version = $1`, [FOLD_VERSION]);
  return true;
}

async function inPages(source: DataSource, page: Page): Promise<void> {
  let after: string | undefined = BEFORE_ALL;
  while (after !== undefined) {
    const from: string = after;
    after = await source.transaction(({ queryRunner }) => {
      if (!queryRunner) throw new Error('a transaction without a query runner');
      return page(queryRunner, from);
    });
  }
}

/** Locks the sessions, so that no text of now is overwritten by one that was read before. Gives the last id. */
async function sessionPage(runner: QueryRunner, after: string): Promise<string | undefined> {
  const rows = (await runner.query(
    `SELECT s.id, s.title, s.description FROM sessions s LEFT JOIN session_texts t ON t.session_id = s.id
     WHERE s.id > $1 AND (s.title IS NOT NULL OR s.description IS NOT NULL) AND t.fold_version IS DISTINCT FROM $2
     ORDER BY s.id LIMIT $3 FOR NO KEY UPDATE OF s`,
    [after, FOLD_VERSION, PAGE],
  )) as SessionTexts[];
  await writeTexts(runner, rows);
  return rows.at(-1)?.id;
}

async function entityPage(runner: QueryRunner, after: string): Promise<string | undefined> {
  const rows = (await runner.query(
    `SELECT r.id, r.kind, CASE r.kind WHEN 'room' THEN r.state ->> 'title' ELSE r.state ->> 'username' END AS text
     FROM reference_data r LEFT JOIN reference_texts t ON t.id = r.id
     WHERE r.id > $1 AND r.kind IN ('room', 'host') AND t.fold_version IS DISTINCT FROM $2
     ORDER BY r.id LIMIT $3 FOR NO KEY UPDATE OF r`,
    [after, FOLD_VERSION, PAGE],
  )) as EntityText[];
  await writeEntityTexts(runner, rows);
  return rows.at(-1)?.id;
}
