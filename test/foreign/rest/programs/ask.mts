// Asks by the types that openapi-typescript made of /openapi.json, and prints the answers as one JSON object.
// Sends an event as well. Arguments: the URL, as JSON { live, scheduled, room } the ids that there are, the URL for events,
// a token, and the id of a session that is to start.
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.mjs';

declare const process: { argv: string[]; stdout: { write(text: string): void } };

type Session = components['schemas']['Session'];
interface Given {
  live: string;
  scheduled: string;
  room: string;
}

const [baseUrl = '', given = '{}', events = '', token = '', subject = ''] = process.argv.slice(2);
const { live, scheduled, room } = JSON.parse(given) as Given;
const client = createClient<paths>({ baseUrl });

/** The answer, or the refusal as an error. */
function must<T>({ data, error }: { data?: T; error?: unknown }): T {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

async function walk(): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; sort: 'viewer_count'; cursor?: string } = { limit: 1, sort: 'viewer_count' };
    if (cursor !== null) query.cursor = cursor;
    const { data } = must(await client.GET('/sessions', { params: { query } }));
    ids.push(...data.sessions.map(({ id }: Session) => id));
    cursor = data.next_cursor;
  } while (cursor !== null);
  return ids;
}

const filtered = must(
  await client.GET('/sessions', {
    params: {
      query: {
        status: ['live', 'scheduled'],
        ids: [live, scheduled],
        room_id: [room],
        started_before: '2200-01-01T00:00:00+02:00',
        order: 'asc',
        sort: 'created_at',
      },
    },
  }),
);
const both = must(await client.GET('/sessions', { params: { query: { status: ['live', 'scheduled'], limit: 100 } } }));
const path = { id: live };
const one = must(await client.GET('/sessions/{id}', { params: { path } }));
const stats = must(await client.GET('/sessions/stats'));
const viewers = must(await client.GET('/sessions/{id}/viewers', { params: { path, query: { step: 60 } } }));
const ofRoom = must(await client.GET('/rooms/{id}/sessions', { params: { path: { id: room } } }));

const refused = await client.GET('/sessions', { params: { query: { limit: 1000 } } });
let refusal = 'none';
if (refused.error?.code === 'invalid_query') refusal = refused.error.details[0]?.parameter ?? 'none';

const event: components['schemas']['SessionStarted'] = {
  specversion: '1.0',
  id: `${subject}-start`,
  source: '/foreign/typescript',
  type: 'session.started.v1',
  subject,
  time: new Date().toISOString(),
  data: { title: 'Sent by a generated client' },
};
const door = createClient<paths>({ baseUrl: events, headers: { authorization: `Bearer ${token}` } });
const sent = must(
  await door.POST('/events', { body: event, headers: { 'content-type': 'application/cloudevents+json' } }),
);

const answers = {
  filtered: filtered.data.sessions.map(({ id }) => id),
  both: both.data.sessions.map(({ status }) => status),
  walked: await walk(),
  title: one.data.title,
  live_now: stats.data.live_now,
  counted: viewers.data.points.map(({ max }) => max),
  ofRoom: ofRoom.data.total,
  refusal,
  accepted: sent.data.accepted.map(({ id }) => id),
};
process.stdout.write(JSON.stringify(answers));
