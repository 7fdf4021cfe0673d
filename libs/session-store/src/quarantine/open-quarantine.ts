import type { DataSource } from 'typeorm';

/** How many messages wait: open rows, which are counted as they change, and those of open ranges. */
export async function openQuarantine(source: DataSource): Promise<number> {
  const [row] = (await source.query(
    `SELECT (SELECT open_rows FROM quarantine_total) + coalesce(
       (SELECT sum(messages) FROM quarantine_ranges WHERE state = 'open'), 0) AS open`,
  )) as { open: string | null }[];
  return Number(row?.open ?? 0);
}
