import type { ListQuery } from '#libs/contracts';
import { type ListQuestion, type Named, contentMatch } from '#libs/live-list';
import { type Audience, type Presentable, searchTerms, visibleCounts } from '#libs/session';

/** Looks at the open sessions where an index says that they can be; it is one object that is moved from one to the next. */
export type EachOpen = (named: Named, look: (open: Presentable) => void) => void;

/** Looks at the open sessions that are asked for, in no order. `among`: at those of these ids, in their order. */
export type EachAsked = (look: (open: Presentable) => void, among?: readonly string[]) => void;

/**
 * For the open sessions that a query asks for, the live ones where it names no status. Counts are judged as the audience is shown them, so a hidden one leaks by no filter.
 */
export function eachAsked(eachOpen: EachOpen, query: ListQuery, audience: Audience): EachAsked {
  const asked = question(query);
  const isAsked = matcher(query, asked, audience);
  return (look, among) =>
    eachOpen(among ? { ids: among } : asked, (open) => {
      if (isAsked(open)) look(open);
    });
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
    if (minViewers === undefined) return true;
    // Nobody is shown more than was said.
    if ((shown.counts?.viewer_count ?? -1) < minViewers) return false;
    return (visibleCounts(shown, audience).viewer_count ?? -1) >= minViewers;
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
