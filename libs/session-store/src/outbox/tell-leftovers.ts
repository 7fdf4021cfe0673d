import type { ProjectionChange } from '#libs/contracts';
import type { DataSource } from 'typeorm';
import { projectedNow } from '../projected';
import { OldEpoch } from './old-epoch';

/** A row of 25 000 counts is taken alone, many small rows together. */
const ENTRIES_AT_ONCE = 5000;

interface Row {
  sessions: string[];
  counts: string[];
  entities: string[];
}

/** Tells Redis; `moment`: before these changes were read. Gives the newest epoch that has them. */
type Tell = (changes: ProjectionChange[], moment: number) => Promise<number | null>;

/**
 * Takes rows of the outbox that nobody has deleted within a second, tells Redis what is so now, and deletes the rows: all in
 * one transaction, so a crash anywhere leaves them. Rows that another process is telling are left to it. Gives how many rows
 * there were; 0: there is nothing to take. Rejects, and the rows stay, when Redis is away or another epoch has begun.
 */
export async function tellLeftovers(source: DataSource, tell: Tell): Promise<number> {
  return source.transaction('READ COMMITTED', async ({ queryRunner: runner }) => {
    if (!runner) throw new Error('a transaction without a runner');
    const [rows] = (await runner.query(TAKE, [ENTRIES_AT_ONCE])) as [Row[], number];
    if (rows.length === 0) return 0;
    // Before anything is read: see docs/decisions/0045.
    const [clock] = (await runner.query(`SELECT nextval('outbox_id') AS moment`)) as { moment: string }[];
    const changes = await projectedNow(runner, {
      sessions: rows.flatMap(({ sessions }) => sessions),
      counts: rows.flatMap(({ counts }) => counts),
      entities: rows.flatMap(({ entities }) => entities),
    });
    const told = await tell(changes, Number(clock?.moment));
    const [state] = (await runner.query('SELECT epoch FROM projection_state')) as { epoch: string }[];
    if (told !== null && told < Number(state?.epoch ?? 0)) throw new OldEpoch(told);
    return rows.length;
  });
}

// In the order of ids, and no more rows than there may be entries, for each row has one at least: so no more is read than
// may be taken, however many rows there are. By arrays, for a join might read the whole table.
const TAKE = `
  DELETE FROM outbox WHERE id = ANY (ARRAY(
    SELECT id FROM outbox WHERE id = ANY (ARRAY(
      SELECT id FROM (
        SELECT id, sum(entries) OVER (ORDER BY id) - entries AS entries_before FROM (
          SELECT id, entries FROM outbox WHERE since < clock_timestamp() - interval '1 second' ORDER BY id LIMIT $1
        ) AS next
      ) AS old WHERE entries_before < $1
    )) ORDER BY id FOR UPDATE SKIP LOCKED
  )) RETURNING sessions, counts, entities`;
