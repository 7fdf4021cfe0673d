import type { ListQuery, listQuery, liveListQuery, roomListQuery } from '#libs/contracts';
import { Refusal, parseOrRefuse, wrongParameter } from '#libs/service-host';
import type { Audience } from '#libs/session';
import { READ_LIMIT } from '#libs/session-store';
import { readParameters } from '../http/read-parameters';
import { type Cursor, questionName } from '../walk/cursor';
import { readCursor } from '../walk/walk';

/** What a list is asked for, and where in it the walk is. */
export interface ListQuestion {
  query: ListQuery;
  /** Equal for all questions that walk the same sessions in the same order. */
  name: string;
  cursor: Cursor | undefined;
}

/** Understands the parameters of a request target, or refuses what is wrong with them. `list`: which list it is. */
export function readListQuestion(
  list: string,
  schema: typeof listQuery | typeof liveListQuery | typeof roomListQuery,
  target: string,
  audience: Audience,
): ListQuestion {
  const parameters = readParameters(target, schema);
  const query: ListQuery = parseOrRefuse(schema, parameters);
  if (query.organization_id && !audience.privateFields) {
    // Which organization a session belongs to is private: asking for it would tell.
    const message = 'needs a key or token with the scope sessions:private';
    throw new Refusal(403, 'forbidden', `organization_id: ${message}`, [{ parameter: 'organization_id', message }]);
  }
  if (query.cursor !== undefined && parameters['page'] !== undefined) {
    throw wrongParameter('cursor', 'excludes page; the cursor says which page is meant');
  }
  if (query.cursor === undefined && query.page * query.limit > READ_LIMIT) {
    const message = `page × limit must be at most ${READ_LIMIT}; to go on, ask with cursor, the next_cursor of the page before`;
    throw wrongParameter('page', message);
  }
  const name = questionName(list, audience, query);
  return { query, name, cursor: query.cursor === undefined ? undefined : readCursor(query.cursor, name) };
}
