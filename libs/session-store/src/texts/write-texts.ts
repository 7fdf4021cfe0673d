import type { QueryRunner } from 'typeorm';

export interface SessionTexts {
  id: string;
  title: string | null;
  description: string | null;
}

/** Writes what of sessions is found by text. */
export async function writeTexts(runner: QueryRunner, rows: readonly SessionTexts[]): Promise<void> {
  if (rows.length === 0) return;
  await runner.query(
    `INSERT INTO session_texts (session_id, text)
     SELECT id, concat_ws(E'\\n', title, description) FROM unnest($1::uuid[], $2::text[], $3::text[]) AS given (id, title, description)
     ON CONFLICT (session_id) DO UPDATE SET text = excluded.text`,
    [rows.map(({ id }) => id), rows.map(({ title }) => title), rows.map(({ description }) => description)],
  );
}
