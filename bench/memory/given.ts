import type { ProjectionChange } from '#libs/contracts';
import { idOf } from '../ingest/given-events';
import { plainSession, sessionId } from '../push/moving-list';

const HOSTS = 5000;
const PAGE = 2000;

/** So many live sessions with their counts, each in a room of its own, of 5000 hosts. */
export async function* givenProjection(sessions: number): AsyncGenerator<ProjectionChange[]> {
  let page: ProjectionChange[] = [];
  for (const change of changes(sessions)) {
    page.push(change);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  yield page;
}

function* changes(sessions: number): Generator<ProjectionChange> {
  for (let n = 1; n <= HOSTS; n += 1) yield { kind: 'host', id: hostId(n), version: 1, entity: host(n) };
  for (let n = 1; n <= sessions; n += 1) {
    yield { kind: 'room', id: roomId(n), version: 1, entity: room(n) };
    const session = { ...plainSession(n), version: 1, room_id: roomId(n) };
    yield { kind: 'session', id: session.id, version: 1, session };
    const at = session.created_at;
    const counts = { version: 1, viewer_count: n, viewer_count_at: at, max_viewers: n, max_viewers_at: at };
    yield { kind: 'counts', id: sessionId(n), version: 1, counts };
  }
}

type Host = Extract<ProjectionChange, { kind: 'host' }>['entity'];
type Room = Extract<ProjectionChange, { kind: 'room' }>['entity'];

function host(n: number): Host {
  return { username: `host-${n}`, email: `host${n}@example.org`, role: 'host', is_active: true };
}

function room(n: number): Room {
  return { title: `Room ${n}`, host_id: hostId((n % HOSTS) + 1), library_id: idOf(`library${n % 50}`) };
}

const hostId = (n: number) => idOf(`host${n}`);
const roomId = (n: number) => idOf(`room${n}`);
