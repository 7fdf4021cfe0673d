import type { Projected } from '../oracle/projection-witness';
import { type RecordState, publicCounts } from '../oracle/view';

/** I8: the projection has the open sessions, as they are, and nothing else. */
export function projectionAgainst(projected: Projected, state: RecordState): string[] {
  const against: string[] = [];
  if (!projected.trusted) against.push('the projection is not to be trusted');
  const open = [...state.sessions.values()].filter(
    ({ listed, status }) => listed && (status === 'live' || status === 'scheduled'),
  );
  for (const { id, version } of open) {
    const found = projected.sessions.get(id)?.version;
    if (found !== version) against.push(`${id}: version ${version} is recorded, ${found ?? 'nothing'} projected`);
    const counts = state.counts.get(id);
    const counted = projected.counts.get(id)?.version;
    if (counts && counted !== Number(counts.version)) {
      against.push(`${id}: counts of version ${counts.version} are recorded, ${counted ?? 'none'} projected`);
    }
  }
  const isOpen = new Set(open.map(({ id }) => id));
  for (const id of projected.sessions.keys()) if (!isOpen.has(id)) against.push(`${id} is projected and not open`);
  return against;
}

/** I8: at rest there is nothing that Redis is yet to be told. */
export function untoldAgainst(rows: number): string[] {
  return rows === 0 ? [] : [`${rows} rows are left in the outbox`];
}

interface Answered {
  id: string;
  version: number;
  viewer_count: number | null;
}

/** I10: what everybody is told by REST of the live sessions is what Postgres has. */
export async function restAgainst(url: string, state: RecordState): Promise<string[]> {
  const told = await everyLiveSession(url);
  const live = [...state.sessions.values()].filter(({ listed, status }) => listed && status === 'live');
  const against = told.size === live.length ? [] : [`${live.length} are live, REST tells ${told.size}`];
  for (const row of live) {
    const answer = told.get(row.id);
    const { count } = publicCounts(row, state);
    if (!answer) against.push(`${row.id} is live, and not told`);
    else if (answer.version !== row.version || answer.viewer_count !== count) {
      against.push(`${row.id}: ${row.version}, ${count} recorded; ${answer.version}, ${answer.viewer_count} told`);
    }
  }
  return against;
}

async function everyLiveSession(url: string): Promise<Map<string, Answered>> {
  const found = new Map<string, Answered>();
  for (let page = 1; ; page++) {
    const answer = await fetch(`${url}/sessions/live?limit=100&page=${page}`);
    const { data } = (await answer.json()) as { data: { sessions: Answered[] } };
    for (const one of data.sessions) found.set(one.id, one);
    if (data.sessions.length < 100) return found;
  }
}
