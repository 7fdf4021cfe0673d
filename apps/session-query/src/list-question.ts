import type { ListQuery, listQuery, liveListQuery, roomListQuery } from '#libs/contracts';
import { Refusal, parseOrRefuse } from '#libs/service-host';
import type { Audience } from '#libs/session';
import { type Cursor, questionName } from './walk/cursor';
import { readCursor } from './walk/walk';

/** What a list is asked for, and where in it the walk is. */
export interface ListQuestion {
  query: ListQuery;
  /** Equal for all questions that walk the same sessions in the same order. */
  name: string;
  cursor: Cursor | undefined;
}

/** Understands the parameters of a list, or refuses what is wrong with them. `list`: which one it is. */
export function readListQuestion(
  list: string,
  schema: typeof listQuery | typeof liveListQuery | typeof roomListQuery,
  parameters: Record<string, string>,
  audience: Audience,
): ListQuestion {
  const query: ListQuery = parseOrRefuse(schema, parameters);
  if (query.organization_id && !audience.privateFields) {
    // Which organization a session belongs to is private: asking for it would tell.
    throw refusal(403, 'forbidden', 'organization_id', 'needs an API key');
  }
  if (query.cursor !== undefined && parameters['page'] !== undefined) {
    throw refusal(400, 'invalid_query', 'cursor', 'excludes page; the cursor says which page is meant');
  }
  const name = questionName({ list, ...query });
  return { query, name, cursor: query.cursor === undefined ? undefined : readCursor(query.cursor, name) };
}

function refusal(status: number, code: 'forbidden' | 'invalid_query', parameter: string, message: string): Refusal {
  return new Refusal(status, code, `${parameter}: ${message}`, [{ parameter, message }]);
}
