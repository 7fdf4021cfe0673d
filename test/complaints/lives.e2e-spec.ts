import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RedisServer, fetchArtifacts, redis } from '#tools/stack';
import { eventually, eventuallyPasses } from '../given/eventually';
import { sharedStack } from '../given/marquee';
import { event } from '../given/producer';
import type { Service } from '../given/service';
import { GivenComplaint, newIds } from './given-complaint';

const SECOND = 1000;
/** Half of it is the time without a signal after which a session is reconnecting. */
const LEASE_SECONDS = 16;
const HISTORY_BEHIND_MS = 15_000;

describe('complaints about what is live', () => {
  const directory = mkdtempSync(join(tmpdir(), 'marquee-complaints-'));
  let ownRedis: RedisServer;
  let given: GivenComplaint;
  let otherGateway: Service | undefined;
  beforeAll(async () => {
    ownRedis = await redis({ directory, artifacts: await fetchArtifacts() });
    await ownRedis.server.start();
    given = await GivenComplaint.on({ ...sharedStack(), redisUrl: ownRedis.url });
  });
  afterEach(() => given?.closeClients());
  afterAll(async () => {
    await otherGateway?.stop();
    await given?.close();
    await ownRedis?.server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const at = (ms: number) => ({ time: new Date(Date.now() - ms).toISOString() });

  it('C3: off and on again is one session, and one that drops is not pushed as ended while its lease lasts', async () => {
    const [flapping, dropping] = newIds(2) as [string, string];
    const client = given.client({ ids: [flapping, dropping] });
    const isHeld = async (id: string, fields: object) =>
      eventuallyPasses(`${id} is shown`, async () => expect(client.held.get(id)).toMatchObject(fields));
    const [first, off, on] = [at(120 * SECOND), at(100 * SECOND), at(30 * SECOND)];
    await given.send(
      'sessions',
      event('session.started.v1', dropping, { title: 'Drops', lease_seconds: LEASE_SECONDS }),
      event('session.started.v1', flapping, { title: 'Flaps' }, first),
    );
    await given.send('viewers', event('viewers.counted.v1', flapping, { viewer_count: 50 }, at(110 * SECOND)));
    await isHeld(flapping, { viewer_count: 50 });
    await given.send('sessions', event('session.ended.v1', flapping, {}, off));
    await eventually('it is off', async () => client.removed.get(flapping) === 'ended' || undefined);
    await given.send('sessions', event('session.started.v1', flapping, { title: 'Flaps' }, on));
    await isHeld(flapping, { max_viewers: 50, started_at: first.time });
    expect(await given.session(flapping)).toMatchObject({ status: 'live', started_at: first.time, max_viewers: 50 });
    expect((await given.ask('/sessions?q=flaps')).data.total).toBe(1);

    await isHeld(dropping, { status: 'live', health: 'reconnecting' });
    expect(await given.session(dropping)).toMatchObject({ status: 'live', health: 'reconnecting' });
    await given.send('sessions', event('session.heartbeat.v1', dropping));
    await isHeld(dropping, { status: 'live', health: 'ok' });
    expect(client.removed.has(dropping)).toBe(false);
  });

  it('C1: a session that falls silent leaves the list, as lost, at its last signal', async () => {
    const [silent] = newIds(1) as [string];
    const client = given.client({ ids: [silent] });
    await given.start([silent], { title: 'Killed', lease_seconds: 5 });
    await eventually('it is live', async () => client.held.has(silent) || undefined);
    const before = Date.now();
    await given.send('sessions', event('session.heartbeat.v1', silent));
    const after = Date.now();
    await eventually('it has left', async () => client.removed.get(silent) === 'ended' || undefined);
    const { status, end_reason: reason, ended_at: endedAt } = await given.session(silent);
    expect({ status, reason }).toEqual({ status: 'ended', reason: 'lost' });
    expect(Date.parse(endedAt as string)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(endedAt as string)).toBeLessThanOrEqual(after);
    expect((await given.ask(`/sessions/live?ids=${silent}`)).data.total).toBe(0);
  });

  it('C17: of many changes a browser gets few frames, and the last value', async () => {
    const changes = 300;
    const [id] = newIds(1) as [string];
    const client = given.client({ ids: [id] });
    let frames = 0;
    client.socket.on('delta', () => (frames += 1));
    await given.start([id], { title: 'Renamed 0' });
    await eventually('it is shown', async () => client.held.has(id) || undefined);
    for (let n = 1; n <= changes; n += 1) {
      await given.send('sessions', event('session.updated.v1', id, { title: `Renamed ${n}` }));
    }
    await eventuallyPasses('the last name is shown', async () =>
      expect(client.held.get(id)).toMatchObject({ title: `Renamed ${changes}` }),
    );
    expect(frames).toBeLessThan(changes / 4);
  });

  it('C23: of several that start in one room one is live, and the others say what took it from them', async () => {
    const rooms = newIds(10);
    const pairs = rooms.map((room) => ({ room, ids: newIds(3) }));
    const client = given.client({ room_id: rooms });
    const order = (n: number) => at((3 - n) * SECOND);
    // The later ones are sent first, of all rooms at once.
    for (const n of [2, 0, 1]) {
      const starts = pairs.map(({ room, ids }) => [ids[n] ?? '', { room_id: room, title: 'Of a room' }] as const);
      await given.send('sessions', ...starts.map(([id, data]) => event('session.started.v1', id, data, order(n))));
    }
    await eventuallyPasses('all is told', async () => {
      for (const { room, ids } of pairs) {
        const { data } = await given.ask(`/rooms/${room}/sessions`);
        const of = new Map(data.sessions.map((row) => [row.id, [row['status'], row['end_reason']]]));
        expect(ids.map((id) => of.get(id))).toEqual([
          ['ended', 'superseded'],
          ['ended', 'superseded'],
          ['live', null],
        ]);
      }
      expect(new Set(client.held.keys())).toEqual(new Set(pairs.map(({ ids }) => ids[2])));
    });
    expect((await given.ask(`/sessions/live?room_id=${rooms.join(',')}`)).data.total).toBe(10);
  });

  it('C24: what was counted is in the history at once, also where it was asked before', async () => {
    const [id] = newIds(1) as [string];
    const last = async () => {
      const { data } = await given.ask(`/sessions/${id}/viewers`);
      return (data['points'] as { last: number }[]).at(-1)?.last;
    };
    await given.start([id], { title: 'Counted' });
    await eventuallyPasses('it is there', async () => expect((await given.ask(`/sessions/${id}`)).status).toBe(200));
    expect(await last()).toBeUndefined();
    for (const viewers of [7, 70, 3]) {
      await given.count([id, viewers]);
      await eventuallyPasses('it is in the history', async () => expect(await last()).toBe(viewers), HISTORY_BEHIND_MS);
    }
  });

  it('C19: a restart of Redis silences nobody: every process finds it, and has the whole list again', async () => {
    otherGateway = await given.marquee.another('session-gateway');
    await otherGateway.start();
    const [before, after] = [newIds(3), newIds(3)];
    const clients = [given.marquee.gateway, otherGateway].map((gateway) =>
      given.client({ ids: [...before, ...after] }, gateway),
    );
    const stale = clients.map(() => false);
    clients.forEach((client, n) =>
      client.socket.on('heartbeat', (beat: { stale?: true }) => (stale[n] ||= beat.stale === true)),
    );
    const areLive = (ids: string[]) =>
      eventuallyPasses(`${ids.length} are live everywhere`, async () => {
        const shown = (await given.ask(`/sessions/live?ids=${ids.join(',')}`)).data.sessions.map(({ id }) => id);
        expect(shown.sort()).toEqual([...ids].sort());
        for (const client of clients) expect([...client.held.keys()].sort()).toEqual([...ids].sort());
      });
    await given.start(before, { title: 'Before' });
    await areLive(before);

    await ownRedis.server.stop('SIGKILL');
    await eventually('clients are told that the list is old', async () => stale.every(Boolean) || undefined);
    expect((await given.ask(`/sessions/live?ids=${before.join(',')}`)).text).toContain('"stale":true');
    await given.start(after, { title: 'Meanwhile' });
    await ownRedis.server.start();
    await areLive([...before, ...after]);
    expect(clients.map(({ removed }) => removed.size)).toEqual([0, 0]);
  });
});
