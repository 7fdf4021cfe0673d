import type { DataSource } from 'typeorm';
import { timeOf } from '../bounds';

/** What watchdogs hand on to each other; epoch ms. */
export interface Watch {
  /** When the log was last asked how far it goes; null: never. */
  lookedAt: number | null;
  /** When it answered again after it had been out of sight. */
  sightedAt: number | null;
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
       RETURNING looked_at, sighted_at, watermark`,
      [this.holder, forMs],
    )) as { looked_at: Date | null; sighted_at: Date | null; watermark: Date | null }[];
    if (!row) return null;
    const { looked_at: lookedAt, sighted_at: sightedAt, watermark } = row;
    return {
      lookedAt: lookedAt?.getTime() ?? null,
      sightedAt: sightedAt?.getTime() ?? null,
      watermark: watermark?.getTime() ?? null,
    };
  }

  /** Writes down what the next look is to know; nothing when the post was lost meanwhile. */
  async note({ lookedAt, sightedAt, watermark }: Watch): Promise<void> {
    await this.source.query(`UPDATE watch_post SET looked_at = $2, sighted_at = $3, watermark = $4 WHERE holder = $1`, [
      this.holder,
      lookedAt === null ? null : timeOf(lookedAt),
      sightedAt === null ? null : timeOf(sightedAt),
      watermark === null ? null : timeOf(watermark),
    ]);
  }

  /** Lets another take it at once. */
  async leave(): Promise<void> {
    await this.source.query(`UPDATE watch_post SET held_until = '-infinity' WHERE holder = $1`, [this.holder]);
  }
}
