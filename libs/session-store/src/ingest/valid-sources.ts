import type { DataSource } from 'typeorm';

/** How many sources had valid events in the last hour, and how many of the named ones are among them. */
export interface ValidShare {
  valid: number;
  named: number;
}

/** Of a topic, as far as processes that note at the same time see each other. More are made up. */
const MOST_SOURCES = 10_000;

/**
 * Whose events were valid within the last hour, by topic; all processes write it down. Names are bounded by `sourceName`,
 * and so is how many there are: beyond it only those that are known are noted again.
 */
export class ValidSources {
  constructor(private readonly source: DataSource) {}

  /** They had valid events just now; what is older than an hour is forgotten. */
  async note(topic: string, sources: readonly string[]): Promise<void> {
    await this.source.query(
      `DELETE FROM ingest_sources WHERE (topic, source) IN (SELECT topic, source FROM ingest_sources
         WHERE topic = $1 AND last_valid_at < now() - interval '1 hour' ORDER BY source FOR UPDATE SKIP LOCKED)`,
      [topic],
    );
    await this.source.query(
      `WITH given AS (
         SELECT s AS source, EXISTS (SELECT FROM ingest_sources i WHERE (i.topic, i.source) = ($1, s)) AS is_known
         FROM unnest($2::text[]) AS s
       ), fresh AS (
         SELECT source FROM given WHERE NOT is_known
         LIMIT greatest(0, $3 - (SELECT count(*) FROM ingest_sources WHERE topic = $1))
       )
       INSERT INTO ingest_sources (topic, source, last_valid_at)
       SELECT $1, source, now() FROM (SELECT source FROM given WHERE is_known UNION SELECT source FROM fresh) AS noted
       ORDER BY source
       ON CONFLICT (topic, source) DO UPDATE SET last_valid_at = excluded.last_valid_at`,
      [topic, sources, MOST_SOURCES],
    );
  }

  async share(topic: string, named: readonly string[]): Promise<ValidShare> {
    const [row] = (await this.source.query(
      `SELECT count(*)::integer AS valid, (count(*) FILTER (WHERE source = ANY($2)))::integer AS named FROM ingest_sources
       WHERE topic = $1 AND last_valid_at > now() - interval '1 hour'`,
      [topic, named],
    )) as ValidShare[];
    return row ?? { valid: 0, named: 0 };
  }
}
