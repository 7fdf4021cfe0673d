import type { DataSource } from 'typeorm';

/** How many sources had valid events in the last hour, and how many of the named ones are among them. */
export interface ValidShare {
  valid: number;
  named: number;
}

/** Whose events were valid within the last hour, by topic; all processes write it down. Names are bounded by `sourceName`. */
export class ValidSources {
  constructor(private readonly source: DataSource) {}

  /** They had valid events just now; what is older than an hour is forgotten. */
  async note(topic: string, sources: readonly string[]): Promise<void> {
    await this.source.query(
      `INSERT INTO ingest_sources (topic, source, last_valid_at) SELECT $1, s, now() FROM unnest($2::text[]) AS s ORDER BY s
       ON CONFLICT (topic, source) DO UPDATE SET last_valid_at = excluded.last_valid_at`,
      [topic, sources],
    );
    await this.source.query(
      `DELETE FROM ingest_sources WHERE topic = $1 AND last_valid_at < now() - interval '1 hour'`,
      [topic],
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
