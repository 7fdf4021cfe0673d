import type { QueryRunner } from 'typeorm';
import { type Columns, unnest } from '../columns';

/** A session whose room is another one than before. */
export interface MovedSession {
  id: string;
  from: string | null;
  to: string | null;
}

const COLUMNS: Columns<MovedSession> = [
  ['id', 'uuid'],
  ['to', 'uuid'],
];

/** Moves all claims of sessions to their rooms. */
export async function moveClaims(runner: QueryRunner, moved: readonly MovedSession[]): Promise<void> {
  if (moved.length === 0) return;
  await runner.query(MOVE, unnest(COLUMNS, moved).values);
}

const MOVE = `
  UPDATE room_claims c SET room_id = moved.room_id FROM unnest($1::uuid[], $2::uuid[]) AS moved (id, room_id)
  WHERE c.session_id = moved.id AND c.room_id IS DISTINCT FROM moved.room_id`;
