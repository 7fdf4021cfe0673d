import { randomBytes } from 'node:crypto';
import type { Sql } from '../ingest/sql';

/** What Postgres writes to its log from a moment on, and how much of it are images of pages. */
export class Wal {
  private constructor(
    private readonly sql: Sql,
    private readonly slot: string,
    private readonly from: string,
  ) {}

  /** The log is kept from here on, so that it can be looked into, until `close`. */
  static async begin(sql: Sql): Promise<Wal> {
    await sql('CREATE EXTENSION IF NOT EXISTS pg_walinspect');
    const slot = `bench_${randomBytes(6).toString('hex')}`;
    await sql('SELECT pg_create_physical_replication_slot($1, true)', [slot]);
    return new Wal(sql, slot, await flushed(sql));
  }

  /** The first change of a page after a checkpoint writes the whole page: `images`, which are in `all` too. */
  async bytes(): Promise<{ all: number; images: number }> {
    const [row] = await this.sql<{ all: string; images: string }>(
      `SELECT $2::pg_lsn - $1::pg_lsn AS all, sum(fpi_size) AS images FROM pg_get_wal_stats($1, $2, false)`,
      [this.from, await flushed(this.sql)],
    );
    return { all: Number(row?.all), images: Number(row?.images) };
  }

  async close(): Promise<void> {
    await this.sql('SELECT pg_drop_replication_slot($1)', [this.slot]);
  }
}

async function flushed(sql: Sql): Promise<string> {
  const [row] = await sql<{ at: string }>('SELECT pg_current_wal_flush_lsn()::text AS at');
  return row?.at ?? '';
}
