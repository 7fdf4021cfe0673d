import { decodeRecord } from '#libs/session';
import type { DataSource } from 'typeorm';

/** Of sessions that left, also where they went on since: by which ingest watermark they did, epoch ms. */
export async function leftAt(source: DataSource, ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = (await source.query(`SELECT id, left_at FROM session_tombstones WHERE id = ANY($1::uuid[])`, [ids])) as {
    id: string;
    left_at: Date;
  }[];
  const left = new Map(rows.map(({ id, left_at: at }) => [id, at.getTime()]));
  const folds = (await source.query(`SELECT id, fold FROM session_folds WHERE id = ANY($1::uuid[])`, [ids])) as {
    id: string;
    fold: string;
  }[];
  for (const { id, fold } of folds) {
    const { left_at: at } = decodeRecord(id, fold);
    if (at !== undefined) left.set(id, at);
  }
  return left;
}
