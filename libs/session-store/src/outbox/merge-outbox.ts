import type { DataSource } from 'typeorm';

/** Fewer are not worth it. */
const MANY_ENTRIES = 10_000;
const ENTRIES_PER_ROW = 2000;

/**
 * While Redis is away the outbox gets a row with each slice. Merges rows older than a second, so that each id stands in it
 * once; again when as many entries have come as are merged. Rows of ids that are touched again and again do not grow.
 */
export async function mergeOutbox(source: DataSource): Promise<void> {
  const [backlog] = (await source.query(
    `SELECT coalesce(sum(entries) FILTER (WHERE NOT merged), 0) AS loose, coalesce(sum(entries) FILTER (WHERE merged), 0) AS merged
     FROM outbox WHERE since < clock_timestamp() - interval '1 second'`,
  )) as { loose: string; merged: string }[];
  if (Number(backlog?.loose ?? 0) < Math.max(MANY_ENTRIES, Number(backlog?.merged ?? 0))) return;
  await source.query(
    `WITH taken AS (
       DELETE FROM outbox USING (
         SELECT id FROM outbox WHERE since < clock_timestamp() - interval '1 second' ORDER BY id FOR UPDATE SKIP LOCKED
       ) AS old WHERE outbox.id = old.id RETURNING first, since, sessions, counts, entities
     ), entry AS (
       SELECT kind, id, row_number() OVER () / $1::int AS part FROM (
         SELECT 's' AS kind, unnest(sessions) AS id FROM taken
         UNION SELECT 'c', unnest(counts) FROM taken
         UNION SELECT 'e', unnest(entities) FROM taken
       ) AS each
     )
     INSERT INTO outbox (id, first, since, merged, entries, sessions, counts, entities)
     SELECT nextval('outbox_id'), (SELECT min(first) FROM taken), (SELECT min(since) FROM taken), true, count(*),
       coalesce(array_agg(id) FILTER (WHERE kind = 's'), '{}'), coalesce(array_agg(id) FILTER (WHERE kind = 'c'), '{}'),
       coalesce(array_agg(id) FILTER (WHERE kind = 'e'), '{}')
     FROM entry GROUP BY part`,
    [ENTRIES_PER_ROW],
  );
}
