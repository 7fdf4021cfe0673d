import type { LightClient } from './light-client';
import type { Marquee } from './marquee';

/** A list that a client may follow, in words that Postgres and a client both understand. */
export interface AskedList {
  mode?: string;
  min_viewers?: number;
  sort: 'viewer_count' | 'max_viewers' | 'started_at';
  order: 'asc' | 'desc';
  limit: number;
}

interface Row {
  id: string;
  version: number;
  title: string | null;
  viewer_count: number | null;
  max_viewers: number | null;
}

/** What a list is by the record alone, as one text; counts must be below 1000, which lists show exactly. */
export async function expectedView(
  marquee: Marquee,
  { mode, min_viewers, sort, order, limit }: AskedList,
): Promise<string> {
  const direction = order === 'desc' ? 'DESC' : 'ASC';
  const rows = await marquee.sql<Row>(
    `SELECT s.id, s.version::int AS version, s.title, c.viewer_count, c.max_viewers
     FROM sessions s LEFT JOIN session_counts c ON c.session_id = s.id
     WHERE s.status = 'live' AND s.listed AND ($1::text IS NULL OR s.mode = $1)
       AND ($2::int IS NULL OR c.viewer_count >= $2)
     ORDER BY ${sort === 'started_at' ? 's' : 'c'}.${sort} ${direction} NULLS LAST, s.id`,
    [mode ?? null, min_viewers ?? null],
  );
  return viewText(rows.length, rows.slice(0, limit));
}

/** What a client shows of it, in the same words. */
export function shownView({ held }: LightClient, { sort, order, limit }: AskedList): string {
  const sign = order === 'desc' ? -1 : 1;
  const cards = [...held.cards.values()].sort((a, b) => {
    const [left, right] = [a[sort], b[sort]];
    if (left === right) return a.id < b.id ? -1 : 1;
    if (left === null || right === null) return left === null ? 1 : -1;
    return left < right ? -sign : sign;
  });
  return viewText(held.total, cards.slice(0, limit));
}

function viewText(total: number, rows: readonly Row[]): string {
  const lines = rows.map((row) => [row.id, row.version, row.title, row.viewer_count, row.max_viewers].join(' '));
  return [`${total} in all`, ...lines].join('\n');
}
