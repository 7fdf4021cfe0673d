import type { DataSource } from 'typeorm';

/** Fewer are not worth it. */
const MANY_ENTRIES = 10_000;
/** Of rows that are not merged; so many of merged ones come with them. Seconds of work for Postgres, well below its limit. */
const ENTRIES_AT_ONCE = 300_000;
const ENTRIES_PER_ROW = 2000;

/**
 * While Redis is away the outbox gets a row with each slice. Merges rows older than a second, so that an id stands in it
 * once; again when as many entries have come as are merged. Rows of ids that are touched again and again do not grow. No more
 * is merged at once than a statement takes: where more ids than `atOnce` are different, an id may stand in several rows.
 */
export async function mergeOutbox(source: DataSource, atOnce: number = ENTRIES_AT_ONCE): Promise<void> {
  const mergedRows = Math.ceil(atOnce / ENTRIES_PER_ROW);
  const [backlog] = (await source.query(BACKLOG, [atOnce, mergedRows])) as { loose: string; merged: string }[];
  const enough = Math.min(atOnce, Math.max(MANY_ENTRIES, Number(backlog?.merged ?? 0)));
  if (Number(backlog?.loose ?? 0) < enough) return;
  await source.query(MERGE, [atOnce, mergedRows, ENTRIES_PER_ROW]);
}

// Each row has one entry at least: no more is read than may be merged at once.
const BACKLOG = `
  SELECT
    (SELECT coalesce(sum(entries), 0) FROM (
      SELECT entries FROM outbox WHERE NOT merged AND since < clock_timestamp() - interval '1 second' ORDER BY id LIMIT $1
    ) AS next) AS loose,
    (SELECT coalesce(sum(entries), 0) FROM (
      SELECT entries FROM outbox WHERE merged ORDER BY first, id LIMIT $2
    ) AS next) AS merged`;

/** The merged rows that have waited longest come with the loose ones, and go behind the others then. */
const MERGE = `
  WITH next AS (
    SELECT id FROM (
      SELECT id, sum(entries) OVER (ORDER BY id) - entries AS entries_before FROM (
        SELECT id, entries FROM outbox WHERE NOT merged AND since < clock_timestamp() - interval '1 second'
        ORDER BY id LIMIT $1
      ) AS loose
    ) AS old WHERE entries_before < $1
    UNION ALL
    (SELECT id FROM outbox WHERE merged ORDER BY first, id LIMIT $2)
  ), taken AS (
    DELETE FROM outbox WHERE id = ANY (ARRAY(
      SELECT id FROM outbox WHERE id = ANY (ARRAY(SELECT id FROM next)) ORDER BY id FOR UPDATE SKIP LOCKED
    )) RETURNING first, since, sessions, counts, entities
  ), entry AS (
    SELECT kind, id, row_number() OVER () / $3::int AS part FROM (
      SELECT 's' AS kind, unnest(sessions) AS id FROM taken
      UNION SELECT 'c', unnest(counts) FROM taken
      UNION SELECT 'e', unnest(entities) FROM taken
    ) AS each
  )
  INSERT INTO outbox (id, first, since, merged, entries, sessions, counts, entities)
  SELECT nextval('outbox_id'), (SELECT min(first) FROM taken), (SELECT min(since) FROM taken), true, count(*),
    coalesce(array_agg(id) FILTER (WHERE kind = 's'), '{}'), coalesce(array_agg(id) FILTER (WHERE kind = 'c'), '{}'),
    coalesce(array_agg(id) FILTER (WHERE kind = 'e'), '{}')
  FROM entry GROUP BY part`;
