import { eventually, eventuallyPasses } from '../given/eventually';
import { API_KEY, sharedStack } from '../given/marquee';
import { event } from '../given/producer';
import { GivenComplaint, newIds } from './given-complaint';

const LIVE = 150;
const EMAIL = 'maria.sharapova@example.com';
const SECRET = 987_654;

describe('complaints about lists', () => {
  let given: GivenComplaint;
  beforeAll(async () => {
    given = await GivenComplaint.on(sharedStack());
  });
  afterEach(() => given?.closeClients());
  afterAll(() => given?.close());

  it('C8: a count that is unknown or hidden is null, and its session is live', async () => {
    const [unknown, hidden, zero, preset] = newIds(4) as [string, string, string, string];
    const client = given.client({ ids: [unknown, hidden, zero] });
    await given.send('directory', event('preset.changed.v1', preset, { viewer_count_visible: false }));
    await given.start([unknown, zero], { title: 'Counted or not' });
    await given.start([hidden], { title: 'Nobody is to know', preset_id: preset });
    await given.count([hidden, 12], [zero, 0]);
    // A count that says nothing changes nothing either.
    await given.send('viewers', event('viewers.counted.v1', unknown, { viewer_count: null }));
    await eventuallyPasses('all are live, with what is known of them', async () => {
      for (const list of ['/sessions', '/sessions/live']) {
        const { data } = await given.ask(`${list}?ids=${[unknown, hidden, zero].join(',')}`);
        expect(Object.fromEntries(data.sessions.map((row) => [row.id, [row['status'], row['viewer_count']]]))).toEqual({
          [unknown]: ['live', null],
          [hidden]: ['live', null],
          [zero]: ['live', 0],
        });
      }
      expect(Object.fromEntries([...client.held.values()].map((row) => [row.id, row.viewer_count]))).toEqual({
        [unknown]: null,
        [hidden]: null,
        [zero]: 0,
      });
    });
  });

  it.each(['/sessions/live?', '/sessions?status=live&'])(
    'C9: a walk over %s gives each session once while a third of the counts moves between its pages',
    async (list) => {
      const hosts = newIds(1);
      const rooms = newIds(LIVE);
      const ids = newIds(LIVE);
      await given.send('directory', ...rooms.map((room) => event('room.changed.v1', room, { host_id: hosts[0] })));
      await given.send(
        'sessions',
        ...ids.map((id, n) => event('session.started.v1', id, { room_id: rooms[n], title: 'Walked' })),
      );
      const marked = ids[0] as string;
      let most = LIVE;
      const move = async (page: number) => {
        // The marked one gets the most, so that it is seen when the others have moved.
        most += LIVE;
        const moved = ids.filter((_, n) => n > 0 && n % 3 === page % 3);
        await given.count(...moved.map((id, n): [string, number] => [id, (n * 7 + page * 31) % LIVE]), [marked, most]);
        await eventuallyPasses('they have moved', async () =>
          expect((await given.session(marked))['viewer_count']).toBe(most),
        );
      };
      await move(0);
      await eventuallyPasses('all are there', async () =>
        expect((await given.ask(`${list}host_id=${hosts[0]}`)).data.total).toBe(LIVE),
      );
      const walked: string[] = [];
      for (let page = 1, cursor: string | null = ''; cursor !== null; page += 1) {
        const at = cursor && `&cursor=${cursor}`;
        const { data } = await given.ask(`${list}host_id=${hosts[0]}&sort=viewer_count&limit=30${at}`);
        walked.push(...data.sessions.map(({ id }) => id));
        cursor = data.next_cursor;
        await move(page);
      }
      expect(walked).toHaveLength(LIVE);
      expect(new Set(walked)).toEqual(new Set(ids));
    },
  );

  it('C10: a total is that of the rows beside it while sessions come and go', async () => {
    const waves = Array.from({ length: 30 }, () => ({ ids: newIds(3), rooms: newIds(3) }));
    const [host] = newIds(1) as [string];
    const rooms = waves.flatMap((wave) => wave.rooms);
    await given.send('directory', ...rooms.map((room) => event('room.changed.v1', room, { host_id: host })));
    await eventuallyPasses('the rooms are known', async () =>
      expect(await given.marquee.sql(`SELECT FROM reference_data WHERE state ->> 'host_id' = $1`, [host])).toHaveLength(
        rooms.length,
      ),
    );
    // Two that are answered from memory, and one from Postgres.
    const lists = [
      '/sessions/live?mode=rtmp&limit=100',
      '/sessions?status=live&mode=rtmp&limit=100',
      `/sessions?status=live&host_id=${host}&limit=100`,
    ];
    const client = given.client({ mode: 'rtmp', limit: 200 });
    const wrong: string[] = [];
    const seen = new Set<number>();
    client.socket.on('delta', () => {
      if (client.held.size !== client.total) wrong.push(`socket: ${client.total} beside ${client.held.size}`);
    });
    const moving = new AbortController();
    const ask = async (list: string) => {
      while (!moving.signal.aborted) {
        const { data } = await given.ask(list);
        if (data.total !== data.sessions.length) wrong.push(`${list}: ${data.total} beside ${data.sessions.length}`);
        seen.add(data.total);
      }
    };
    const asking = Promise.all(lists.map(ask));
    for (const [wave, { ids, rooms: places }] of waves.entries()) {
      const starts = ids.map((id, n) =>
        event('session.started.v1', id, { title: 'Comes and goes', mode: 'rtmp', room_id: places[n] }),
      );
      await given.send('sessions', ...starts);
      if (wave % 2 === 1) await given.send('sessions', ...ids.map((id) => event('session.ended.v1', id)));
    }
    await eventually('half of them stay', async () => (client.total === 45 && client.held.size === 45) || undefined);
    moving.abort();
    await asking;
    expect(wrong).toEqual([]);
    expect(seen.size).toBeGreaterThan(3);
  });

  it('C15: nobody without a key sees a host’s e-mail, wherever the host is shown', async () => {
    const [host, room, id] = newIds(3) as [string, string, string];
    const client = given.client({ ids: [id] });
    const texts: string[] = [];
    client.socket.onAny((...said: unknown[]) => texts.push(JSON.stringify(said)));
    await given.send('directory', event('host.changed.v1', host, { username: 'mara', email: EMAIL }));
    await given.send('directory', event('room.changed.v1', room, { host_id: host, title: 'The Patch Bay' }));
    await given.start([id], { room_id: room, title: 'With a host' });
    await eventuallyPasses('the host is shown', async () => {
      expect((await given.session(id))['room']).toMatchObject({ host: { email: 'm•••@example.com' } });
      expect(client.held.get(id)).toMatchObject({ host_username: 'mara' });
    });
    const asked = [
      `/sessions?ids=${id}`,
      `/sessions/live?ids=${id}`,
      `/sessions/${id}`,
      `/rooms/${room}/sessions`,
      `/sessions/${id}/viewers`,
      `/sessions/${id}/events`,
    ];
    for (const path of asked) texts.push((await given.ask(path)).text);
    texts.push(await given.streamed(`/sessions/stream?ids=${id}`));
    expect(texts.filter((text) => text.includes('sharapova'))).toEqual([]);
    expect(texts.filter((text) => text.includes('mara'))).not.toEqual([]);
    // Nor does a search tell it.
    expect((await given.ask('/sessions?q=sharapova')).data.total).toBe(0);

    expect((await given.ask(`/sessions/${id}`, { 'x-api-key': API_KEY })).text).toContain(EMAIL);
  });

  it('C16: a hidden count is told by no list, order, filter, history, statistic, stream or frame', async () => {
    const [preset, open, ...hidden] = newIds(7) as [string, string, ...string[]];
    const ids = [open, ...hidden].join(',');
    const client = given.client({ ids: [open, ...hidden], sort: 'viewer_count' });
    const texts: string[] = [];
    client.socket.onAny((...said: unknown[]) => texts.push(JSON.stringify(said)));
    await given.send('directory', event('preset.changed.v1', preset, { viewer_count_visible: false }));
    const viewers = async () => (await given.ask('/sessions/stats')).data['viewers_now'];
    const before = await viewers();
    await given.start(hidden, { title: 'Hidden', preset_id: preset });
    await given.start([open], { title: 'Open' });
    // Their counts are in the order of their ids, or in the opposite one: nothing that is shown may differ.
    const shown: unknown[] = [];
    for (const [round, order] of [[...hidden].sort(), [...hidden].sort().reverse()].entries()) {
      await given.count(...order.map((id, n): [string, number] => [id, SECRET + n]), [open, 10 + round]);
      await eventuallyPasses('the open one is counted', async () =>
        expect((await given.session(open))['viewer_count']).toBe(10 + round),
      );
      const orders = ['viewer_count', 'max_viewers'].flatMap((sort) => [`sort=${sort}`, `sort=${sort}&order=asc`]);
      const questions = [...orders, 'min_viewers=0', 'min_viewers=11', `min_viewers=${SECRET}`];
      for (const question of questions.flatMap((one) => [`/sessions/live?${one}`, `/sessions?status=live&${one}`])) {
        const answer = await given.ask(`${question}&ids=${ids}`, { 'x-api-key': API_KEY });
        texts.push(answer.text);
        shown.push([round, question, answer.data.sessions.map(({ id }) => id).filter((id) => id !== open)]);
      }
      texts.push(await given.streamed(`/sessions/stream?ids=${ids}`));
      for (const id of hidden) {
        texts.push((await given.ask(`/sessions/${id}`)).text, (await given.ask(`/sessions/${id}/viewers`)).text);
      }
    }
    const of = (round: number) =>
      (shown as [number, string, string[]][]).filter(([one]) => one === round).map(([, ...rest]) => rest);
    expect(of(0)).toEqual(of(1));
    expect(texts.filter((text) => text.includes(String(SECRET).slice(0, 4)))).toEqual([]);
    expect(Number(await viewers()) - Number(before)).toBe(11);
  });
});
