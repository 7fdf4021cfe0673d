import type { LiveListQuery } from '#libs/contracts';
import { type ListQuestion, contentMatch } from '#libs/live-list';
import { type Audience, type Presentable, visibleCounts } from '#libs/session';
import { DEFAULT_SORT, type OrderKey, comparison, keyReader } from './walk/order-key';

/**
 * The live of the open sessions that a query asks for, all of them in its order, as `GET /sessions` has the recorded
 * ones. Counts are judged as the audience is shown them, so a hidden one leaks by no filter and no order. `now` in
 * epoch ms.
 */
export function liveInOrder(
  open: Iterable<Presentable>,
  query: LiveListQuery,
  audience: Audience,
  now: number,
): Presentable[] {
  const isAsked = matcher(query, audience);
  const keyOf = keyReader(query.sort ?? DEFAULT_SORT, audience, now);
  const entries: (OrderKey & { shown: Presentable })[] = [];
  for (const shown of open) if (isAsked(shown)) entries.push({ ...keyOf(shown), shown });
  return entries.sort(comparison(query.order ?? 'desc')).map(({ shown }) => shown);
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
