import type { ListQuery } from '#libs/contracts';
import { sortOf } from './order';
import { READ_LIMIT, isInRooms, isOfOpen, wayWithoutTerms } from './ways';

/** By how many rooms are merged for a page, or one room is read to a page far behind. */
const DEEPEST_IN_ROOMS = 200;

/**
 * Whether an index answers a query in a time that the past does not make longer. What is not supported is tried for as
 * long as a question may take. The table is in docs/rest-questions.md.
 */
export function isSupported(query: ListQuery): boolean {
  // Terms find few, or are looked for among few.
  if (query.ids || query.q !== undefined || isOfOpen(query)) return true;
  const { kind } = wayWithoutTerms(query);
  if (kind === 'matched' || passesOver(query)) return false;
  const rows = query.page * query.limit;
  if (kind === 'rooms') return rows <= DEEPEST_IN_ROOMS || (isOneRoom(query) && rows <= READ_LIMIT);
  return rows <= READ_LIMIT;
}

/** Whether a query asks for open sessions only, and no index gives them in their order: all of them are read. */
export function readsAllThatIsOpen(query: ListQuery): boolean {
  if (!isOfOpen(query) || query.ids) return false;
  return query.q !== undefined || passesOver(query) || wayWithoutTerms(query).kind === 'matched';
}

/** What would make a query cheaper, in one sentence for the caller. */
export function whatHelps(query: ListQuery): string {
  const narrower = isInRooms(query) ? 'status=live or status=scheduled' : 'status=live, status=scheduled or a room_id';
  if (query.q !== undefined) {
    return `look for a longer or rarer word in q, or narrow it by ${narrower}; a walk by cursor of common words needs sort=created_at`;
  }
  if (wayWithoutTerms(query).kind === 'matched') {
    const sorts = isInRooms(query) ? 'leave out sort' : 'sort by created_at or started_at';
    return `${sorts}, or narrow it by ${narrower}`;
  }
  return `narrow it by ${narrower}, or walk with cursor`;
}

/** A filter that no index knows, so that what it leaves out is read as well. */
function passesOver(query: ListQuery): boolean {
  const { mode, recording_enabled: recording, min_viewers: viewers, started_after, started_before } = query;
  const isRange = started_after !== undefined || started_before !== undefined;
  return (
    mode !== undefined ||
    recording !== undefined ||
    viewers !== undefined ||
    (isRange && (isInRooms(query) || sortOf(query) !== 'started_at'))
  );
}

function isOneRoom({ room_id: rooms, host_id, library_id, organization_id }: ListQuery): boolean {
  return rooms?.length === 1 && !host_id && !library_id && !organization_id;
}
