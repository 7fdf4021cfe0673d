import type { Sql } from '../ingest/sql';

/**
 * Takes the post of the watchdog from the service: it ends nobody, however old a backlog is by the clock. The service
 * finishes at most the look that it is at.
 */
export async function takeTheWatch(sql: Sql): Promise<void> {
  await sql(`INSERT INTO watch_post (holder, held_until) VALUES ('bench', 'infinity')
    ON CONFLICT (single) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until`);
}

/**
 * Leaves the post to the next service as if one had watched all along: it looks at everybody from the beginning, and
 * gives nobody a whole lease first.
 */
export async function leaveTheWatch(sql: Sql): Promise<void> {
  await sql(`UPDATE watch_post SET held_until = '-infinity', looked_at = now() + interval '1 day',
    sighted_at = now() - interval '1 day'`);
}

/** Throws when nobody watches by the log. */
export async function expectWatch(sql: Sql, fromMs: number): Promise<void> {
  const [post] = await sql<{ holder: string; held_until: Date; watermark: Date | null }>(
    'SELECT holder, held_until, watermark FROM watch_post WHERE held_until > now()',
  );
  if (post && post.holder !== 'bench' && post.watermark !== null && post.watermark.getTime() >= fromMs) return;
  throw new Error(`the watchdog was not on: ${JSON.stringify(post ?? 'nobody holds the post')}`);
}
