import type { DataSource } from 'typeorm';

/** The post of whoever takes away what is old: of several processes, the command among them, one holds it. */
export class MaintenancePost {
  /** `holder`: a name that no other process has, and that tells a person who it is. */
  constructor(
    private readonly source: DataSource,
    private readonly holder: string,
  ) {}

  /** Takes or keeps the post for a while. Gives the clock of the database, epoch ms; null when another holds the post. */
  async hold(forMs: number): Promise<number | null> {
    const [row] = (await this.source.query(
      `INSERT INTO maintenance_post AS p (holder, held_until)
       VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')
       ON CONFLICT (single) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
       WHERE p.holder = excluded.holder OR p.held_until < clock_timestamp()
       RETURNING extract(epoch FROM clock_timestamp())::float8 * 1000 AS now`,
      [this.holder, forMs],
    )) as { now: number }[];
    return row ? Math.floor(row.now) : null;
  }

  /** Writes down up to when all that producers have said is recorded; nothing when the post was lost meanwhile. */
  async note(watermark: number): Promise<void> {
    await this.source.query(`UPDATE maintenance_post SET watermark = $2 WHERE holder = $1`, [
      this.holder,
      new Date(watermark).toISOString(),
    ]);
  }

  /** Lets another take it at once. */
  async leave(): Promise<void> {
    await this.source.query(`UPDATE maintenance_post SET held_until = '-infinity' WHERE holder = $1`, [this.holder]);
  }

  /** Who holds it now, and what was noted last; nothing is taken. */
  static async look(source: DataSource): Promise<{ holder: string | null; watermark: number | null }> {
    const [row] = (await source.query(
      `SELECT CASE WHEN held_until >= clock_timestamp() THEN holder END AS holder,
         extract(epoch FROM watermark)::float8 * 1000 AS watermark FROM maintenance_post`,
    )) as { holder: string | null; watermark: number | null }[];
    return row ?? { holder: null, watermark: null };
  }
}
