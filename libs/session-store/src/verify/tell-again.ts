import type { DataSource, QueryRunner } from 'typeorm';
import { lockRooms } from '../folds/lock-rooms';
import { noteInOutbox } from '../outbox/note-in-outbox';
import { Outdated, inTransaction } from '../transaction';

/** What Redis holds otherwise than the record. */
export interface ToTell {
  kind: 'session' | 'counts' | 'room' | 'host' | 'preset';
  id: string;
  /** The version that Redis holds of it; 0: none. */
  held: number;
}

/**
 * Notes in the outbox what Redis is to be told once more, with versions above those that it holds: it takes nothing that
 * is not newer. Gives the ids that the record knows; of the others there is nothing to tell.
 */
export async function tellAgain(source: DataSource, some: readonly ToTell[]): Promise<Set<string>> {
  const of = (...kinds: ToTell['kind'][]) => some.filter(({ kind }) => kinds.includes(kind));
  return inTransaction(source, async (runner) => {
    const grow = async (text: string, rows: readonly ToTell[]) => {
      const [grown] = (await runner.query(text, [rows.map(({ id }) => id), rows.map(({ held }) => held)])) as [
        { id: string }[],
        number,
      ];
      return grown.map(({ id }) => id);
    };
    const sessionsToTell = of('session');
    await lock(
      runner,
      sessionsToTell.map(({ id }) => id),
    );
    const sessions = await grow(SESSIONS, sessionsToTell);
    const counts = await grow(COUNTS, of('counts'));
    const entities = await grow(ENTITIES, of('room', 'host', 'preset'));
    // Also of a session that is over: the projection forgets its counts with it.
    await noteInOutbox(runner, { sessions: [...new Set([...sessions, ...counts])], entities });
    return new Set([...sessions, ...counts, ...entities]);
  });
}

/** Rooms before sessions, as slices do: else it would wait for a slice that waits for it, see docs/decisions/0074. */
async function lock(runner: QueryRunner, ids: readonly string[]): Promise<void> {
  const rooms = await lockRooms(runner, [], ids);
  const locked = (await runner.query(LOCK, [ids])) as { room_id: string | null }[];
  if (locked.some(({ room_id: room }) => room !== null && !rooms.has(room)))
    throw new Outdated('the room of a session');
}

/** Also of sessions whose folds cannot be read. */
const LOCK = `SELECT room_id FROM session_folds WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`;

const SESSIONS = `
  WITH grown AS (
    UPDATE session_folds f SET version = greatest(f.version, told.held) + 1
    FROM unnest($1::uuid[], $2::bigint[]) AS told (id, held) WHERE f.id = told.id RETURNING f.id, f.version
  )
  UPDATE sessions s SET version = grown.version FROM grown WHERE s.id = grown.id RETURNING s.id`;

const COUNTS = `
  UPDATE session_counts c SET version = greatest(c.version, told.held) + 1
  FROM unnest($1::uuid[], $2::bigint[]) AS told (id, held) WHERE c.session_id = told.id RETURNING c.session_id AS id`;

const ENTITIES = `
  UPDATE reference_data r SET version = greatest(r.version, told.held) + 1
  FROM unnest($1::uuid[], $2::bigint[]) AS told (id, held) WHERE r.id = told.id RETURNING r.id`;
