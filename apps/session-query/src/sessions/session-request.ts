import type { ListQuery, ViewersQuery } from '#libs/contracts';
import type { Audience } from '#libs/session';
import type { LogPlace } from '#libs/session-store';
import type { Cursor } from '../walk/cursor';

interface Understood {
  /** Who asks: what may be shown. */
  audience: Audience;
  /** Equal for requests with the same answer; undefined for one whose answer is not kept. */
  key: string | undefined;
  /** `live`: answered from memory, which must have caught up with the projection first. */
  from: 'record' | 'live';
}

/** A page of a list, and where in it the walk is. */
export interface ListRequest extends Understood {
  kind: 'list';
  query: ListQuery;
  /** Equal for all requests that walk the same sessions in the same order. */
  name: string;
  cursor: Cursor | undefined;
  /** A list from memory: whether the record answers instead while memory may be old. */
  fallsBack: boolean;
}

export interface OneRequest extends Understood {
  kind: 'one';
  id: string;
}

export interface StatsRequest extends Understood {
  kind: 'stats';
}

export interface ViewersRequest extends Understood {
  kind: 'viewers';
  id: string;
  query: ViewersQuery;
}

export interface EventsRequest extends Understood {
  kind: 'events';
  id: string;
  limit: number;
  /** Where the answer before ended. */
  after: LogPlace | undefined;
}

/** What was read of a request about sessions. */
export type SessionRequest = ListRequest | OneRequest | StatsRequest | ViewersRequest | EventsRequest;

/** A name for the answer: equal for requests that have the same one. */
export function keyOf(audience: Audience, ...parts: (string | number)[]): string {
  return [audience.privateFields ? 'private' : 'public', ...parts].join(' ');
}
