import { type ListQuery, listQuery, liveListQuery, roomListQuery, roomParams } from '#libs/contracts';
import { Refusal, parseOrRefuse, wrongParameter } from '#libs/service-host';
import type { Audience } from '#libs/session';
import { READ_LIMIT, readsAllThatIsOpen } from '#libs/session-store';
import { readParameters } from '../http/read-parameters';
import { questionName } from '../walk/cursor';
import { readCursor } from '../walk/walk';
import { type ListRequest, keyOf } from './session-request';

// Each reads a request target, and throws a Refusal that says what is wrong with it.

/** `GET /sessions` */
export function readAllSessions(target: string, audience: Audience): ListRequest {
  return read('sessions', listQuery, {}, target, audience);
}

/** `GET /sessions/live`: never from the record, which may be behind. */
export function readLiveSessions(target: string, audience: Audience): ListRequest {
  return { ...read('live', liveListQuery, {}, target, audience), from: 'live', fallsBack: false };
}

/** `GET /rooms/{id}/sessions` */
export function readRoomSessions(target: string, params: unknown, audience: Audience): ListRequest {
  const { id } = parseOrRefuse(roomParams, params);
  return read(`room ${id}`, roomListQuery, { room_id: [id] }, target, audience);
}

/** `list`: which list it is; `given`: what of its query the path says. */
function read(
  list: string,
  schema: typeof listQuery | typeof liveListQuery | typeof roomListQuery,
  given: Partial<ListQuery>,
  target: string,
  audience: Audience,
): ListRequest {
  const parameters = readParameters(target, schema);
  const asked: ListQuery = parseOrRefuse(schema, parameters);
  checkAudience(asked, audience);
  checkPage(asked, parameters['page'] !== undefined);
  const name = questionName({ list, ...asked });
  const cursor = asked.cursor === undefined ? undefined : readCursor(asked.cursor, name);
  // A step of a walk is asked once.
  const key = cursor ? undefined : keyOf(audience, 'list', name, asked.page, asked.limit);
  const query = { ...asked, ...given };
  const from = readsAllThatIsOpen(query) ? 'live' : 'record';
  return { kind: 'list', audience, key, from, fallsBack: true, query, name, cursor };
}

/** Which organization a session belongs to is private: asking for it would tell. */
function checkAudience({ organization_id }: ListQuery, audience: Audience): void {
  if (!organization_id || audience.privateFields) return;
  const message = 'needs a key or token with the scope sessions:private';
  throw new Refusal(403, 'forbidden', `organization_id: ${message}`, [{ parameter: 'organization_id', message }]);
}

function checkPage({ cursor, page, limit }: ListQuery, namesPage: boolean): void {
  if (cursor !== undefined && namesPage) {
    throw wrongParameter('cursor', 'excludes page; the cursor says which page is meant');
  }
  if (cursor === undefined && page * limit > READ_LIMIT) {
    const message = `page × limit must be at most ${READ_LIMIT}; to go on, ask with cursor, the next_cursor of the page before`;
    throw wrongParameter('page', message);
  }
}
