import type { DataSource } from 'typeorm';

/** What the record knows of the epochs of its projection. */
export interface Epochs {
  /** The newest one that a Redis began to load; 0 when none did. */
  begun: number;
  /** The newest one that was ever given out. */
  given: number;
  /** The record went back since the newest one was begun: Redis may hold what the record does not know any more. */
  distrusted: boolean;
}

/** The epochs of the projection. A sequence gives them out; the newest begun one tells which Redis is the one in use. */
export class ProjectionEpochs {
  constructor(private readonly source: DataSource) {}

  /** One that was never given out, and greater than `after`, which a lost database may not know. */
  async next(after = 0): Promise<number> {
    await this.source.query(
      `SELECT setval('projection_epoch', $1::bigint) FROM projection_epoch
       WHERE last_value < $1::bigint OR (last_value = $1::bigint AND NOT is_called)`,
      [after],
    );
    const [row] = (await this.source.query(`SELECT nextval('projection_epoch') AS epoch`)) as { epoch: string }[];
    return Number(row?.epoch);
  }

  /**
   * Redis has begun to load an epoch: from here on it alone counts as told. Gives the moment after which what is recorded
   * is newer than what the load reads. The sequence would not do: an epoch that is given out may never be begun.
   */
  async begin(epoch: number): Promise<number> {
    await this.source.query(
      `INSERT INTO projection_state AS p (epoch) VALUES ($1)
       ON CONFLICT (single) DO UPDATE SET epoch = greatest(p.epoch, excluded.epoch), distrusted = false`,
      [epoch],
    );
    const [row] = (await this.source.query(`SELECT nextval('outbox_id') AS moment`)) as { moment: string }[];
    return Number(row?.moment);
  }

  /**
   * Says that the record went back, as by a restored backup. The same version of a session may mean something else from here
   * on, so Redis is loaded anew in a new epoch.
   */
  async distrust(): Promise<void> {
    await this.source.query(DISTRUST);
  }

  async known(): Promise<Epochs> {
    const [row] = (await this.source.query(
      `SELECT (SELECT epoch FROM projection_state) AS begun, (SELECT last_value FROM projection_epoch) AS given,
         (SELECT distrusted FROM projection_state) AS distrusted`,
    )) as { begun: string | null; given: string; distrusted: boolean | null }[];
    return { begun: Number(row?.begun ?? 0), given: Number(row?.given ?? 0), distrusted: row?.distrusted ?? false };
  }
}

/** A record without an epoch has none to trust. */
export const DISTRUST = `
  INSERT INTO projection_state AS p (epoch, distrusted) VALUES (0, true) ON CONFLICT (single) DO UPDATE SET distrusted = true`;
