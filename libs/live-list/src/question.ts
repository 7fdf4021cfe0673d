import type { LiveSort, SortOrder, ViewQuery } from '#libs/contracts';
import { searchTerms } from '#libs/session';
import type { AudienceName } from './presentation';

/** Grows when the shape of a card changes: what a client holds of an older shape is not comparable. */
const CARD_REVISION = 1;
export const DEFAULT_LIMIT = 50;

/** A canonical query: two queries that mean the same are the same question. */
export interface ListQuestion {
  kind: 'list';
  status: ('live' | 'scheduled')[];
  mode: string[] | null;
  room_id: string[] | null;
  host_id: string[] | null;
  library_id: string[] | null;
  ids: string[] | null;
  /** The folded words. */
  q: string[] | null;
  min_viewers: number | null;
  sort: LiveSort;
  order: SortOrder;
  limit: number;
}

/** These sessions, whatever list they are in, with exact counts. */
export interface WatchQuestion {
  kind: 'watch';
  /** Sorted, without duplicates. */
  ids: string[];
}

export type Question = ListQuestion | WatchQuestion;

/**
 * The canonical form of a parsed query, or null when it asks for the past, which is not live. Without a status: live.
 * Without a sort: the newest start first; where only scheduled ones are asked for, the next to start first.
 */
export function listQuestion(query: ViewQuery): ListQuestion | null {
  const status = (query.status ?? ['live']).filter((value) => value === 'live' || value === 'scheduled');
  if (status.length < (query.status?.length ?? 1)) return null;
  const sort = query.sort ?? (status.includes('live') ? 'started_at' : 'scheduled_start_time');
  return {
    kind: 'list',
    status,
    mode: query.mode ?? null,
    room_id: query.room_id ?? null,
    host_id: query.host_id ?? null,
    library_id: query.library_id ?? null,
    ids: query.ids ?? null,
    q: query.q === undefined ? null : searchTerms(query.q),
    min_viewers: query.min_viewers ?? null,
    sort,
    order: query.order ?? (sort === 'scheduled_start_time' ? 'asc' : 'desc'),
    limit: query.limit ?? DEFAULT_LIMIT,
  };
}

export function watchQuestion(ids: readonly string[]): WatchQuestion {
  return { kind: 'watch', ids: [...new Set(ids)].sort() };
}

/** What views are counted as: those that look for a text cost more and are fewer. */
export type ViewClass = 'list' | 'text';

export function classOf({ q }: ListQuestion): ViewClass {
  return q === null ? 'list' : 'text';
}

/** All watches of an audience are one view by name, whatever they watch. */
export function watchName(audience: AudienceName): string {
  return JSON.stringify([CARD_REVISION, audience, 'watch']);
}

/** By this a view is found: the whole question, the audience and the card's revision. */
export function viewText(question: Question, audience: AudienceName): string {
  if (question.kind === 'watch') return watchName(audience);
  return JSON.stringify([CARD_REVISION, audience, question]);
}
