import type { DataSource } from 'typeorm';
import { type EntityText, writeEntityTexts } from '../texts/write-texts';
import { inTransaction } from '../transaction';

/** Folds the texts of rooms and hosts again; the text of anything else leaves. */
export async function repairReferenceTexts(source: DataSource, ids: readonly string[]): Promise<void> {
  await inTransaction(source, async (runner) => {
    const rows = (await runner.query(LOCK, [ids])) as EntityText[];
    await writeEntityTexts(runner, rows);
    await runner.query('DELETE FROM reference_texts WHERE id = ANY($1::uuid[]) AND NOT id = ANY($2::uuid[])', [
      ids,
      rows.map(({ id }) => id),
    ]);
  });
}

const LOCK = `
  SELECT id, kind, CASE kind WHEN 'room' THEN state ->> 'title' ELSE state ->> 'username' END AS text
  FROM reference_data WHERE id = ANY($1::uuid[]) AND kind IN ('room', 'host') ORDER BY id FOR NO KEY UPDATE`;
