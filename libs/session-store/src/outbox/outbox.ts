import type { DataSource } from 'typeorm';
import { mergeOutbox } from './merge-outbox';
import { tellLeftovers } from './tell-leftovers';

/** So that a look costs the same however many there are. */
const COUNTED_ROWS = 10_000;

export interface OutboxBacklog {
  /** Up to 10 000. */
  rows: number;
  /** How long ago the oldest was noted, by the database's clock; 0 when there is none. */
  oldestMs: number;
}

/** A row, and the newest epoch that has what it notes; null: there was nothing to tell. */
export interface Told {
  id: string;
  epoch: number | null;
}

/** What was recorded and Redis was not told yet. */
export class Outbox {
  constructor(private readonly source: DataSource) {}

  /**
   * Deletes rows that Redis was told. One that was told to an older epoch than the newest begun stays: that Redis is not
   * the one that is read. May be lost in a crash: then Redis is told once more.
   */
  async delete(told: readonly Told[]): Promise<void> {
    await this.source.transaction(async (manager) => {
      await manager.query('SET LOCAL synchronous_commit = off');
      await manager.query(
        `DELETE FROM outbox USING unnest($1::bigint[], $2::bigint[]) AS told (id, epoch)
         WHERE outbox.id = told.id
           AND (told.epoch IS NULL OR told.epoch >= coalesce((SELECT epoch FROM projection_state), 0))`,
        [told.map(({ id }) => id), told.map(({ epoch }) => epoch)],
      );
    });
  }

  /** See tell-leftovers.ts. */
  tellLeftovers(tell: Parameters<typeof tellLeftovers>[1]): Promise<number> {
    return tellLeftovers(this.source, tell);
  }

  /** See merge-outbox.ts. */
  merge(atOnce?: number): Promise<void> {
    return mergeOutbox(this.source, atOnce);
  }

  async backlog(): Promise<OutboxBacklog> {
    const [row] = (await this.source.query(BACKLOG, [COUNTED_ROWS])) as { rows: number; oldest: number | null }[];
    return { rows: row?.rows ?? 0, oldestMs: Math.max(0, row?.oldest ?? 0) };
  }

  /** Before this, everything that was noted and committed has a lesser id. */
  async newestId(): Promise<number> {
    const [row] = (await this.source.query(`SELECT last_value AS id FROM outbox_id`)) as { id: string }[];
    return Number(row?.id);
  }

  /** The least id of what is left; null when nothing is. */
  async oldestId(): Promise<number | null> {
    const [row] = (await this.source.query(OLDEST_ID)) as { id: string | null }[];
    return row?.id == null ? null : Number(row.id);
  }

  /** A moment that comes after every one before, and after every id of a row that was noted before. */
  async moment(): Promise<number> {
    const [row] = (await this.source.query(`SELECT nextval('outbox_id') AS moment`)) as { moment: string }[];
    return Number(row?.moment);
  }
}

// Rows that are not merged are as old as their ids say; the merged ones are few, and have an index of their own.
const OLDEST_ID = `
  SELECT min(first) AS id FROM (
    (SELECT first FROM outbox WHERE merged ORDER BY first, id LIMIT 1)
    UNION ALL
    (SELECT first FROM outbox WHERE NOT merged ORDER BY id LIMIT 1)
  ) AS oldest`;

const BACKLOG = `
  SELECT (SELECT count(*)::int FROM (SELECT FROM outbox ORDER BY id LIMIT $1) AS counted) AS rows,
    extract(epoch FROM clock_timestamp() - min(since))::float8 * 1000 AS oldest
  FROM (
    (SELECT since FROM outbox WHERE merged ORDER BY first, id LIMIT 1)
    UNION ALL
    (SELECT since FROM outbox WHERE NOT merged ORDER BY id LIMIT 1)
  ) AS oldest`;
