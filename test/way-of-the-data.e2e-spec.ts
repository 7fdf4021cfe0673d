import { randomUUID } from 'node:crypto';
import { eventuallyPasses } from './given/eventually';
import { LiveClient } from './given/live-client';
import { API_KEY, Marquee, sharedStack } from './given/marquee';
import { ForeignProducer, event } from './given/producer';

const HOUR_MS = 3_600_000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

describe('the way of the data', () => {
  let marquee: Marquee;
  let producer: ForeignProducer;
  let client: LiveClient;

  beforeAll(async () => {
    marquee = await Marquee.on(sharedStack());
    await marquee.start();
    producer = new ForeignProducer(marquee);
    await producer.connect();
    client = new LiveClient(marquee.gateway.url);
  });

  afterAll(async () => {
    client?.close();
    await producer?.close();
    await marquee?.close();
  });

  async function get(path: string, headers: Record<string, string> = {}) {
    const answer = await fetch(`${marquee.query.url}${path}`, { headers });
    return { status: answer.status, body: (await answer.json()) as { data: Record<string, unknown> } };
  }

  async function getSession(id: string, headers?: Record<string, string>) {
    const { status, body } = await get(`/sessions/${id}`, headers);
    expect(status).toBe(200);
    return body.data;
  }

  async function row(id: string) {
    const [found] = await marquee.sql<{ status: string; version: string }>(
      'SELECT status, version FROM sessions WHERE id = $1',
      [id],
    );
    return found;
  }

  async function givenPlace() {
    const [host, room, preset] = [randomUUID(), randomUUID(), randomUUID()];
    await producer.send(
      'directory',
      event('host.changed.v1', host, { username: 'mara', email: 'mara@example.com', role: 'host', is_active: true }),
    );
    await producer.send('directory', event('room.changed.v1', room, { host_id: host, title: 'The Patch Bay' }));
    await producer.send(
      'directory',
      event('preset.changed.v1', preset, { name: 'Concert', viewer_count_visible: true, chat_enabled: true }),
    );
    return { host, room, preset };
  }

  it('carries a session from a foreign producer to Postgres, REST and the socket, through its whole life', async () => {
    const { room, preset } = await givenPlace();
    const id = randomUUID();

    await producer.send(
      'sessions',
      event('session.scheduled.v1', id, {
        room_id: room,
        preset_id: preset,
        title: 'Friday night synthesizers',
        mode: 'webcam',
        scheduled_start_time: new Date(Date.now() + HOUR_MS).toISOString(),
      }),
    );
    await eventuallyPasses('it is scheduled', async () => {
      expect(await getSession(id)).toMatchObject({ status: 'scheduled', title: 'Friday night synthesizers' });
    });

    await producer.send('sessions', event('session.started.v1', id, { room_id: room }));
    await producer.send('viewers', event('viewers.counted.v1', id, { viewer_count: 412 }));
    await eventuallyPasses('it is live everywhere', async () => {
      expect(await row(id)).toMatchObject({ status: 'live' });
      expect(await getSession(id)).toMatchObject({
        status: 'live',
        viewer_count: 412,
        max_viewers: 412,
        room: { title: 'The Patch Bay', active_session_id: id, host: { username: 'mara' } },
        effective_chat_enabled: true,
      });
      expect(client.held.get(id)).toMatchObject({
        title: 'Friday night synthesizers',
        viewer_count: 412,
        host_username: 'mara',
      });
    });

    await producer.send('viewers', event('viewers.counted.v1', id, { viewer_count: 97 }));
    await eventuallyPasses('the count moves', async () => {
      expect(client.held.get(id)).toMatchObject({ viewer_count: 97, max_viewers: 412 });
      expect((await get('/sessions/live?limit=100')).body.data).toMatchObject({
        sessions: expect.arrayContaining([expect.objectContaining({ id, viewer_count: 97 })]) as unknown,
      });
    });

    await producer.send('sessions', event('session.ended.v1', id, { reason: 'host left' }));
    await eventuallyPasses('it is over everywhere', async () => {
      expect(client.held.has(id)).toBe(false);
      expect(client.removed.get(id)).toBe('ended');
      expect(await getSession(id)).toMatchObject({
        status: 'ended',
        end_reason: 'host left',
        viewer_count: 0,
        max_viewers: 412,
        room: { active_session_id: null },
      });
    });
  });

  it('shows a host’s e-mail only to a caller with the key', async () => {
    const { room } = await givenPlace();
    const id = randomUUID();
    await producer.send('sessions', event('session.started.v1', id, { room_id: room, title: 'With a host' }));

    await eventuallyPasses('masked', async () => {
      expect(await getSession(id)).toMatchObject({ room: { host: { email: 'm•••@example.com' } } });
    });
    expect(await getSession(id, { 'x-api-key': API_KEY })).toMatchObject({
      room: { host: { email: 'mara@example.com' } },
    });
  });

  it('gives the right row whatever the order of arrival', async () => {
    const room = randomUUID();
    const id = randomUUID();
    const sent = {
      scheduled: event(
        'session.scheduled.v1',
        id,
        { room_id: room, title: 'Planned', mode: 'rtmp' },
        { time: ago(900_000) },
      ),
      started: event('session.started.v1', id, { title: 'As it started' }, { time: ago(600_000) }),
      updated: event('session.updated.v1', id, { title: 'As it was renamed' }, { time: ago(500_000) }),
      ended: event('session.ended.v1', id, {}, { time: ago(60_000) }),
    };

    await producer.send('sessions', sent.ended, sent.updated, sent.started, sent.started, sent.scheduled, sent.ended);

    await eventuallyPasses('the row is as if in order', async () => {
      expect(await getSession(id)).toMatchObject({
        status: 'ended',
        title: 'As it was renamed',
        mode: 'rtmp',
        room_id: room,
        duration: 540,
      });
    });
    const log = await marquee.sql<{ did: string }>(
      `SELECT entry ->> 3 AS did FROM session_log, json_array_elements(entries::json) AS entry
       WHERE subject = $1 ORDER BY did`,
      [id],
    );
    expect(log.filter(({ did }) => did !== 'duplicate')).toHaveLength(4);
    expect(log.filter(({ did }) => did === 'duplicate')).toHaveLength(2);
  });

  it('C20: keeps what it cannot read, with its bytes, and goes on with the neighbours', async () => {
    const [before, after] = [randomUUID(), randomUUID()];
    const poison = Buffer.from('{"specversion":"1.0", "type": "session.sta');

    await producer.send('sessions', event('session.started.v1', before, { title: 'Before it' }));
    await producer.sendRaw('sessions', before, poison);
    await producer.send('sessions', event('session.started.v1', after, { title: 'After it' }));

    await eventuallyPasses('the neighbours are there', async () => {
      expect(await getSession(before)).toMatchObject({ status: 'live' });
      expect(await getSession(after)).toMatchObject({ status: 'live' });
      const kept = await marquee.sql<{ value: Buffer; reason: string }>(
        'SELECT value, reason FROM quarantine WHERE key = $1',
        [Buffer.from(before)],
      );
      expect(kept).toEqual([{ value: poison, reason: 'not-json' }]);
    });
  });

  it('C22: answers a wrong question with what is wrong', async () => {
    const { status, body } = await get('/sessions?limit=101&colour=red');
    expect(status).toBe(400);
    expect(body).toMatchObject({
      success: false,
      code: 'invalid_query',
      details: expect.arrayContaining([
        expect.objectContaining({ parameter: 'limit', message: expect.stringContaining('100') as unknown }),
        expect.objectContaining({ parameter: 'colour' }),
      ]) as unknown,
    });
  });
});
