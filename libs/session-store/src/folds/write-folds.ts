import type { QueryRunner } from 'typeorm';
import { type Columns, unnest } from '../columns';
import { copyInto } from '../wire/copy-into';

export interface FoldRow {
  id: string;
  version: number;
  room_id: string | null;
  /** The digest of the content that is shown. */
  content: Buffer;
  fold: string;
}

const COLUMNS: Columns<FoldRow> = [
  ['id', 'uuid'],
  ['version', 'bigint'],
  ['room_id', 'uuid'],
  ['content', 'bytea'],
  ['fold', 'text'],
];

export function insertFolds(runner: QueryRunner, rows: readonly FoldRow[]): Promise<void> {
  return copyInto(runner, 'session_folds', COLUMNS, rows);
}

export async function updateFolds(runner: QueryRunner, rows: readonly FoldRow[]): Promise<void> {
  if (rows.length > 0) await runner.query(UPDATE, unnest(COLUMNS, rows).values);
}

const UPDATE = `
  UPDATE session_folds f SET version = given.version, room_id = given.room_id, content = given.content, fold = given.fold
  FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bytea[], $5::text[]) AS given (id, version, room_id, content, fold)
  WHERE f.id = given.id`;
