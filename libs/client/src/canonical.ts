import type { LiveSort, SortOrder, ViewQueryInput } from '#libs/contracts';

const IDS = new Set(['room_id', 'host_id', 'library_id', 'ids']);
const DEFAULT_LIMIT = 50;

/** A query that leaves nothing to the gateway's defaults. */
export type AskedQuery = ViewQueryInput & { sort: LiveSort; order: SortOrder; limit: number };

/** Said outright, since the order in which cards are shown follows from it. The gateway's defaults are the same. */
export function withDefaults(query: ViewQueryInput): AskedQuery {
  const status = query.status ?? 'live';
  const sort = query.sort ?? ([status].flat().includes('live') ? 'started_at' : 'scheduled_start_time');
  const order = query.order ?? (sort === 'scheduled_start_time' ? 'asc' : 'desc');
  return { ...query, status, sort, order, limit: query.limit ?? DEFAULT_LIMIT };
}

/**
 * The same text for queries that mean the same: `"a"` and `["a"]`, in whatever order and case of ids, a default said or
 * left out.
 */
export function canonicalKey(query: ViewQueryInput): string {
  const canonical = Object.entries(withDefaults(query)).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const values: (string | number)[] = [value]
      .flat()
      .map((item) => (IDS.has(name) ? String(item).toLowerCase() : item));
    return [[name, [...new Set(values)].sort((a, b) => (a < b ? -1 : 1))] as const];
  });
  return JSON.stringify(canonical.sort(([a], [b]) => (a < b ? -1 : 1)));
}
