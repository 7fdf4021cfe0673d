import { FOLD_VERSION, gramsOf, searchText } from '#libs/session';
import type { QueryRunner } from 'typeorm';
import { type Columns, unnest } from '../columns';

export interface SessionTexts {
  id: string;
  title: string | null;
  description: string | null;
}

export interface EntityText {
  id: string;
  kind: 'room' | 'host';
  /** The title of a room, the name of a host; null: it has none, or is deleted. */
  text: string | null;
}

interface TextWrite {
  id: string;
  kind: string;
  folded: string;
  /** One a line: no gram holds a line feed. */
  grams: string;
}

const COLUMNS: Columns<TextWrite> = [
  ['id', 'uuid'],
  ['kind', 'text'],
  ['folded', 'text'],
  ['grams', 'text'],
];

/** Writes what `q` finds sessions by, in the caller's transaction: for those whose title or description has changed. */
export async function writeTexts(runner: QueryRunner, rows: readonly SessionTexts[]): Promise<void> {
  if (rows.length === 0) return;
  const { from, values } = unnest(
    COLUMNS,
    rows.map(({ id, title, description }) => textWrite(id, 'session', searchText([title, description]))),
  );
  await runner.query(
    `INSERT INTO session_texts (session_id, folded, fold_version, grams)
     SELECT given.id, given.folded, ${FOLD_VERSION}, string_to_array(given.grams, E'\\n') FROM ${from} ORDER BY given.id
     ON CONFLICT (session_id) DO UPDATE
       SET folded = excluded.folded, fold_version = excluded.fold_version, grams = excluded.grams`,
    values,
  );
}

/** The same for rooms and hosts. */
export async function writeEntityTexts(runner: QueryRunner, rows: readonly EntityText[]): Promise<void> {
  if (rows.length === 0) return;
  const { from, values } = unnest(
    COLUMNS,
    rows.map(({ id, kind, text }) => textWrite(id, kind, searchText([text]))),
  );
  await runner.query(
    `INSERT INTO reference_texts (id, kind, folded, fold_version, grams)
     SELECT given.id, given.kind, given.folded, ${FOLD_VERSION}, string_to_array(given.grams, E'\\n') FROM ${from}
     ORDER BY given.id
     ON CONFLICT (id) DO UPDATE
       SET folded = excluded.folded, fold_version = excluded.fold_version, grams = excluded.grams`,
    values,
  );
}

function textWrite(id: string, kind: string, folded: string): TextWrite {
  return { id, kind, folded, grams: gramsOf(folded).join('\n') };
}
