import type { DataSource } from 'typeorm';

/** Of these ids, those that Redis is yet to be told of. */
export async function underWay(source: DataSource, ids: readonly string[]): Promise<Set<string>> {
  const rows = (await source.query(
    `SELECT DISTINCT id FROM (
       SELECT unnest(sessions) AS id FROM outbox UNION ALL SELECT unnest(counts) FROM outbox
       UNION ALL SELECT unnest(entities) FROM outbox
     ) AS noted WHERE id = ANY($1::uuid[])`,
    [ids],
  )) as { id: string }[];
  return new Set(rows.map(({ id }) => id));
}
