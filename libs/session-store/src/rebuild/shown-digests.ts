import type { QueryRunner } from 'typeorm';
import { contentDigest } from '../folds/write-sessions';
import { SESSION_COLUMNS, type SessionColumns, storedSession } from '../stored-rows';

/** By session: the digest of the content that its wide row shows now, whoever wrote it. */
export async function shownDigests(runner: QueryRunner, ids: readonly string[]): Promise<Map<string, Buffer>> {
  const rows = (await runner.query(`SELECT ${SESSION_COLUMNS} FROM sessions s WHERE s.id = ANY($1::uuid[])`, [
    ids,
  ])) as SessionColumns[];
  return new Map(
    rows.map((row) => {
      const { version: _, ...content } = storedSession(row);
      return [row.id, contentDigest({ ...content, listed: row.listed, deleted: row.deleted })];
    }),
  );
}
