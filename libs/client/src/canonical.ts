import type { ViewQueryInput } from '#libs/contracts';

const IDS = new Set(['room_id', 'host_id', 'library_id', 'ids']);

/** The same text for queries that mean the same: `"a"` and `["a"]`, in whatever order and case of ids. */
export function canonicalKey(query: ViewQueryInput): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined);
  const canonical = entries.map(([name, value]) => {
    const values = [value].flat().map((item) => (IDS.has(name) ? String(item).toLowerCase() : item));
    return [name, [...new Set(values)].sort((a, b) => (a < b ? -1 : 1))] as const;
  });
  return JSON.stringify(canonical.sort(([a], [b]) => (a < b ? -1 : 1)));
}
