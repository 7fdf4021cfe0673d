import type { ListQuery } from '#libs/contracts';
import { type ListQuestion, type Named, contentMatch } from '#libs/live-list';
import { type Audience, type Presentable, searchTerms, visibleCounts } from '#libs/session';
import { DEFAULT_SORT, type OrderKey, keyReader } from '../walk/order-key';

/** The open sessions where an index says that they can be. */
export type OpenSessions = (named: Named) => Iterable<Presentable>;

/** An open session, and its place in the order that is asked for. */
export interface Placed extends OrderKey {
  shown: Presentable;
}

/**
 * The open sessions that a query asks for, in no order; the live ones where it names no status. Counts are judged as the audience is shown them, so
 * a hidden one leaks by no filter and no order. `now` in epoch ms.
 */
export function livePlaced(open: OpenSessions, query: ListQuery, audience: Audience, now: number): Placed[] {
  const asked = question(query);
  const isAsked = matcher(query, asked, audience);
  const keyOf = keyReader(query.sort ?? DEFAULT_SORT, audience, now);
  const placed: Placed[] = [];
  for (const shown of open(asked)) {
    if (!isAsked(shown)) continue;
    const { key, id } = keyOf(shown);
    placed.push({ key, id, shown });
  }
  return placed;
}

function matcher(query: ListQuery, asked: ListQuestion, audience: Audience): (shown: Presentable) => boolean {
  const matchesContent = contentMatch(asked);
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
function question({ status, mode, room_id, host_id, library_id, ids, q }: ListQuery): ListQuestion {
  return {
    kind: 'list',
    status: status?.filter((one) => one === 'live' || one === 'scheduled') ?? ['live'],
    mode: mode ?? null,
    room_id: room_id ?? null,
    host_id: host_id ?? null,
    library_id: library_id ?? null,
    ids: ids ?? null,
    q: q === undefined ? null : searchTerms(q),
    min_viewers: null,
    sort: 'started_at',
    order: 'desc',
    limit: 1,
  };
}
