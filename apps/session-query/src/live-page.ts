import type { ListSort, LiveListQuery, SortOrder } from '#libs/contracts';
import { type ListQuestion, contentMatch } from '#libs/live-list';
import { type Audience, type Presentable, visibleCounts } from '#libs/session';

/** One page of the live sessions that a query asks for, and how many there are in all. */
export interface LivePage {
  rows: Presentable[];
  total: number;
}

interface Entry {
  key: number | null;
  shown: Presentable;
}

/**
 * Filters, sorts and cuts open sessions as `GET /sessions` does with the recorded ones: the live of them, newest
 * activity first, null last, then by id. Counts are judged as the audience is shown them, so a hidden one leaks by no
 * filter and no order. `now` in epoch ms.
 */
export function livePage(open: Iterable<Presentable>, query: LiveListQuery, audience: Audience, now: number): LivePage {
  const asked = matcher(query, audience);
  const keyOf = sortKey(query.sort, audience, now);
  const entries: Entry[] = [];
  for (const shown of open) if (asked(shown)) entries.push({ key: keyOf(shown), shown });
  entries.sort(comparison(query.order ?? 'desc'));
  const start = (query.page - 1) * query.limit;
  return { rows: entries.slice(start, start + query.limit).map(({ shown }) => shown), total: entries.length };
}

function matcher(query: LiveListQuery, audience: Audience): (shown: Presentable) => boolean {
  const matchesContent = contentMatch(question(query));
  const { organization_id: organizations, recording_enabled: recording, min_viewers: minViewers } = query;
  const { started_after: after = -Infinity, started_before: before = Infinity } = query;
  const isDated = query.started_after !== undefined || query.started_before !== undefined;
  return (shown) => {
    if (!matchesContent(shown)) return false;
    const { started_at: startedAt, recording_enabled: records } = shown.session;
    if (isDated && (startedAt === null || startedAt < after || startedAt >= before)) return false;
    if (recording !== undefined && (records ?? false) !== recording) return false;
    if (organizations && !organizations.includes(shown.host?.organization_id ?? '')) return false;
    return minViewers === undefined || (visibleCounts(shown, audience).viewer_count ?? -1) >= minViewers;
  };
}

/** The part of the query that views know as well. */
function question({ mode, room_id, host_id, library_id, ids, q }: LiveListQuery): ListQuestion {
  return {
    kind: 'list',
    status: ['live'],
    mode: mode ?? null,
    room_id: room_id ?? null,
    host_id: host_id ?? null,
    library_id: library_id ?? null,
    ids: ids ?? null,
    q: q?.toLowerCase() ?? null,
    min_viewers: null,
    sort: 'started_at',
    order: 'desc',
    limit: 1,
  };
}

function sortKey(sort: ListSort | undefined, audience: Audience, now: number): (shown: Presentable) => number | null {
  switch (sort) {
    case 'viewer_count':
    case 'max_viewers':
      return (shown) => visibleCounts(shown, audience)[sort];
    case 'duration':
      return ({ session }) => (session.started_at === null ? null : now - session.started_at);
    case undefined:
      return ({ session }) => session.updated_at;
    default:
      return ({ session }) => session[sort];
  }
}

function comparison(order: SortOrder): (a: Entry, b: Entry) => number {
  const sign = order === 'desc' ? -1 : 1;
  return (a, b) => {
    if (a.key === b.key) return a.shown.session.id < b.shown.session.id ? -sign : sign;
    if (a.key === null || b.key === null) return a.key === null ? 1 : -1;
    return a.key < b.key ? -sign : sign;
  };
}
