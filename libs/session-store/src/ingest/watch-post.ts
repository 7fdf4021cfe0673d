import type { DataSource } from 'typeorm';
import { timestamp } from '../columns';

/** What watchdogs hand on to each other; epoch ms. */
export interface Watch {
  /** When the log was last asked how far it goes; null: never. */
  lookedAt: number | null;
  /** Nobody is ended before this time. */
  waitUntil: number | null;
  /** The last ingest watermark that was acted on. */
  watermark: number | null;
}

/** The post of the watchdog: of several processes one holds it, and whoever comes first takes it over when it lapses. */
export class WatchPost {
  /** `holder`: a name that no other process has. */
  constructor(
    private readonly source: DataSource,
    private readonly holder: string,
  ) {}

  /** Takes or keeps the post for a while; null when another holds it. */
  async hold(forMs: number): Promise<Watch | null> {
    const [row] = (await this.source.query(
      `INSERT INTO watch_post AS w (holder, held_until) VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')
       ON CONFLICT (single) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
       WHERE w.holder = excluded.holder OR w.held_until < clock_timestamp()
       RETURNING looked_at, wait_until, watermark`,
      [this.holder, forMs],
    )) as { looked_at: Date | null; wait_until: Date | null; watermark: Date | null }[];
    if (!row) return null;
    const { looked_at: lookedAt, wait_until: waitUntil, watermark } = row;
    return {
      lookedAt: lookedAt?.getTime() ?? null,
      waitUntil: waitUntil?.getTime() ?? null,
      watermark: watermark?.getTime() ?? null,
    };
  }

  /** Writes down what the next look is to know; nothing when the post was lost meanwhile. */
  async note({ lookedAt, waitUntil, watermark }: Watch): Promise<void> {
    await this.source.query(`UPDATE watch_post SET looked_at = $2, wait_until = $3, watermark = $4 WHERE holder = $1`, [
      this.holder,
      timestamp(lookedAt),
      timestamp(waitUntil),
      timestamp(watermark),
    ]);
  }

  /** Lets another take it at once. */
  async leave(): Promise<void> {
    await this.source.query(`UPDATE watch_post SET held_until = '-infinity' WHERE holder = $1`, [this.holder]);
  }

  /** The longest lease that a live session has, in ms; 0 when none has one. */
  async longestLeaseMs(): Promise<number> {
    const [row] = (await this.source.query(
      `SELECT max(CASE WHEN fold ? 'lease' THEN (fold -> 'lease' ->> 'value')::int WHEN fold ? 'heartbeats' THEN 60 END)
         AS seconds FROM sessions WHERE listed AND status = 'live'`,
    )) as { seconds: number | null }[];
    return (row?.seconds ?? 0) * 1000;
  }
}
