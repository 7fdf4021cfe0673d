import type { DataSource } from 'typeorm';

/** How a session stands in the record now, as far as readers of the projection have to know. */
export interface SessionVersion {
  version: number;
  /** Whether it is scheduled or live, and listed: then the projection holds it. */
  isOpen: boolean;
}

/** null: there is none, or it has left. */
export async function sessionVersion(source: DataSource, id: string): Promise<SessionVersion | null> {
  const [row] = (await source.query(
    `SELECT version, listed AND NOT deleted AND status IN ('scheduled', 'live') AS is_open FROM sessions WHERE id = $1`,
    [id],
  )) as { version: string; is_open: boolean }[];
  return row ? { version: Number(row.version), isOpen: row.is_open } : null;
}
