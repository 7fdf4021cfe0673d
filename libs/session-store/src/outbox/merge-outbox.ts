import type { DataSource } from 'typeorm';

/** Fewer are not worth it. */
const MANY_ENTRIES = 10_000;
/** Of loose rows; so many of merged ones come with them. */
const ENTRIES_AT_ONCE = 50_000;
const ENTRIES_PER_ROW = 2000;
const MERGED_ROWS_AT_ONCE = ENTRIES_AT_ONCE / ENTRIES_PER_ROW;

/**
 * While Redis is away the outbox gets a row with each slice. Merges rows older than a second, so that an id stands in it
 * once; again when as many entries have come as are merged. What is merged at once is bounded: where more ids than that
 * are different, they may stand in it a few times. Rows of ids that are touched again and again do not grow.
 */
export async function mergeOutbox(source: DataSource): Promise<void> {
  const [backlog] = (await source.query(BACKLOG, [ENTRIES_AT_ONCE, MERGED_ROWS_AT_ONCE])) as {
    loose: string;
    merged: string;
  }[];
  const enough = Math.min(ENTRIES_AT_ONCE, Math.max(MANY_ENTRIES, Number(backlog?.merged ?? 0)));
  if (Number(backlog?.loose ?? 0) < enough) return;
  await source.query(MERGE, [ENTRIES_AT_ONCE, MERGED_ROWS_AT_ONCE, ENTRIES_PER_ROW]);
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
