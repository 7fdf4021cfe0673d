import type { CountsRow, EntityRow, SessionRow } from './record-rows';

/** What everybody may see of an open session in a list, computed from Postgres alone. */
export interface Seen {
  id: string;
  version: number;
  title: unknown;
  count: number | null;
  peak: number | null;
  host: unknown;
}

export interface RecordState {
  sessions: Map<string, SessionRow>;
  counts: Map<string, CountsRow>;
  entities: Map<string, EntityRow>;
}

/** Count and peak as the public may see them: hidden by the preset, or by one that nobody knows yet. */
export function publicCounts(row: SessionRow, { counts, entities }: RecordState) {
  const presetId = row['preset_id'] as string | null;
  const preset = presetId === null ? undefined : entities.get(presetId);
  const known = preset?.kind === 'preset' && preset.state !== null;
  if (presetId !== null && (!known || preset.state?.['viewer_count_visible'] === false))
    return { count: null, peak: null };
  const counted = counts.get(row.id);
  const peak = counted?.max_viewers ?? null;
  if (row.status !== 'live') return { count: row.status === 'scheduled' ? null : 0, peak };
  const isFresh =
    counted !== undefined && counted.viewer_count_at.getTime() > (row.counts_after?.getTime() ?? -Infinity);
  return { count: isFresh ? counted.viewer_count : null, peak };
}

/** Three significant digits, rounded down. */
function shown(value: number | null): number | null {
  return value === null || value < 1000
    ? value
    : Number(`${String(value).slice(0, 3)}${'0'.repeat(String(value).length - 3)}`);
}

/** The live list by shown count, most watched first: its first `limit`, and how many there are. */
export function liveView(state: RecordState, limit: number): { total: number; sessions: Seen[] } {
  const live = [...state.sessions.values()].filter((row) => row.listed && row.status === 'live');
  const seen = live.map((row) => {
    const { count, peak } = publicCounts(row, state);
    const room = roomOf(row, state);
    const host = room && state.entities.get(String(room['host_id']));
    return {
      id: row.id,
      version: row.version,
      title: row['title'],
      count: shown(count),
      peak: shown(peak),
      host: host?.kind === 'host' ? (host.state?.['username'] ?? null) : null,
    };
  });
  seen.sort((a, b) => (b.count ?? -1) - (a.count ?? -1) || (a.id < b.id ? 1 : -1));
  return { total: live.length, sessions: seen.slice(0, limit) };
}

function roomOf(row: SessionRow, { entities }: RecordState): Record<string, unknown> | null {
  const room = entities.get(String(row['room_id']));
  return room?.kind === 'room' ? room.state : null;
}
