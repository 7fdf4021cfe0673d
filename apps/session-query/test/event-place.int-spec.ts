import { randomUUID } from 'node:crypto';
import { eventPlaceAnswer } from '#libs/contracts';
import { ApiKeys, createDataSource } from '#libs/session-store';
import type { DataSource } from 'typeorm';
import { eventually } from './eventually';
import { GivenPlatform, event } from './given-platform';
import { API_KEY, GivenQuery } from './given-query';

describe('what became of an event', () => {
  let platform: GivenPlatform;
  let query: GivenQuery;
  let source: DataSource;
  let keys: ApiKeys;

  beforeAll(async () => {
    platform = await GivenPlatform.make();
    source = await createDataSource({ url: platform.databaseUrl, name: 'keys', poolSize: 1 }).initialize();
    keys = new ApiKeys(source);
    query = await GivenQuery.on(platform);
    await eventually(async () => expect((await query.ask('/health/ready')).status).toBe(200));
  });
  afterAll(async () => {
    await query?.close();
    await source?.destroy();
    await platform?.close();
  });

  const withKey = (key: string, more: Record<string, string> = {}) => ({ headers: { 'x-api-key': key, ...more } });
  const at = async (place: string, key = API_KEY) => {
    const answer = await query.ask(`/events/${place}`, withKey(key));
    if (answer.status === 200) expect(eventPlaceAnswer.safeParse(answer.body).error).toBeUndefined();
    return answer;
  };
  const stateAt = async (place: string, key?: string) => (await at(place, key)).body.data?.['state'];
  const keyOf = async (scopes: ('events:read' | 'events:write' | 'sessions:private')[], sources: string[] | null) =>
    (await keys.create({ name: 'test', scopes, sources })).text;
  /** Records an event, and gives its place. */
  const recorded = async (sent: object): Promise<string> => {
    const place = `marquee.sessions/0/${platform.nextOffset}`;
    await platform.sessions(sent);
    await platform.progressed();
    return place;
  };

  it('is not seen until it is recorded; then what it did is told, and when this process shows it', async () => {
    const [id, sent] = [randomUUID(), { source: '/studio' }];
    await platform.progressed();
    const place = `marquee.sessions/0/${platform.nextOffset}`;
    expect((await at(place)).body.data).toEqual({
      topic: 'marquee.sessions',
      partition: 0,
      offset: place.split('/')[2],
      state: 'unseen',
    });
    expect(await recorded({ ...event('session.started.v1', id, { title: 'On air' }), ...sent })).toBe(place);
    await eventually(async () =>
      expect((await at(place)).body.data).toMatchObject({
        state: 'recorded',
        event: { source: '/studio', type: 'session.started.v1', id: expect.any(String) as unknown },
        subject: id,
        did: 'applied',
        flags: [],
        recorded_at: expect.stringMatching(/Z$/) as unknown,
        version: 1,
        projected: true,
      }),
    );
    expect((await query.ask(`/sessions/${id}`)).body.data).toMatchObject({ version: 1 });
  });

  it('is projected once this process shows that the session is over', async () => {
    const id = randomUUID();
    await recorded(event('session.started.v1', id, { title: 'Short' }));
    const place = await recorded(event('session.ended.v1', id, {}));
    await eventually(async () =>
      expect((await at(place)).body.data).toMatchObject({ state: 'recorded', version: 2, projected: true }),
    );
  });

  it('is recorded and not projected while only the record has it', async () => {
    const id = randomUUID();
    const place = await recorded(event('session.started.v1', id, { title: 'As it was' }));
    await eventually(async () => expect((await at(place)).body.data).toMatchObject({ projected: true }));
    await platform.sql('UPDATE sessions SET version = version + 1 WHERE id = $1', [id]);
    expect((await at(place)).body.data).toMatchObject({ version: 2, projected: false });
    await platform.sql('DELETE FROM sessions WHERE id = $1', [id]);
    expect((await at(place)).body.data).toMatchObject({ version: null, projected: false });
  });

  it('is passed, of counts and heartbeats, and told of rooms without a version', async () => {
    const id = randomUUID();
    await recorded(event('session.started.v1', id, { title: 'Counted' }));
    expect(await stateAt(await recorded(event('session.heartbeat.v1', id)))).toBe('passed');
    const offset = platform.nextOffset;
    await platform.viewers(event('viewers.counted.v1', id, { viewer_count: 4 }));
    await platform.progressed();
    expect(await stateAt(`marquee.viewers/0/${offset}`)).toBe('passed');
    const room = randomUUID();
    const next = platform.nextOffset;
    await platform.directory(event('room.changed.v1', room, { title: 'A room' }));
    await platform.progressed();
    expect((await at(`marquee.directory/0/${next}`)).body.data).toMatchObject({
      state: 'recorded',
      subject: room,
      version: null,
      projected: null,
    });
  });

  it('is quarantined with its reason', async () => {
    const offset = platform.nextOffset;
    await platform.sql(
      `INSERT INTO quarantine (topic, partition, "offset", broker_ms, broker_time, source, headers, reason, error)
       VALUES ('marquee.sessions', 0, $1, 1, now(), '/studio', '', 'schema', 'title: is missing')`,
      [offset],
    );
    await recorded(event('session.heartbeat.v1', randomUUID()));
    expect((await at(`marquee.sessions/0/${offset}`)).body.data).toMatchObject({
      state: 'quarantined',
      quarantine: { id: expect.any(String) as unknown, range_id: null, reason: 'schema', state: 'open' },
    });
  });

  it('is told to who may read events, or may send as its source; to another it looks like a heartbeat', async () => {
    const place = await recorded({ ...event('session.started.v1', randomUUID(), { title: 'Mine' }), source: '/mine' });
    expect((await query.ask(`/events/${place}`)).body).toMatchObject({ code: 'unauthorized' });
    expect((await at(place, await keyOf(['sessions:private'], null))).body).toMatchObject({ code: 'forbidden' });
    for (const [scopes, sources, state] of [
      [['events:read'], [], 'recorded'],
      [['events:write'], null, 'recorded'],
      [['events:write'], ['/mine'], 'recorded'],
      [['events:write'], ['/other'], 'passed'],
      [['events:write'], [], 'passed'],
    ] as const) {
      const key = await keyOf([...scopes], sources === null ? null : [...sources]);
      expect({ scopes, sources, state: await stateAt(place, key) }).toEqual({ scopes, sources, state });
    }
    const heartbeat = await recorded(event('session.heartbeat.v1', randomUUID()));
    const [foreign, beat] = [
      await at(place, await keyOf(['events:write'], ['/other'])),
      await at(heartbeat, await keyOf(['events:write'], ['/other'])),
    ];
    const without = (text: string) => text.replaceAll(/"(offset|timestamp)":"?\d+"?/g, '');
    expect(without(foreign.text)).toBe(without(beat.text));
  });

  it('is nobody else’s: no cache keeps it, and to ask again without a change costs nothing', async () => {
    const place = await recorded(event('session.started.v1', randomUUID(), { title: 'Asked often' }));
    await eventually(async () => expect((await at(place)).body.data).toMatchObject({ projected: true }));
    const key = await keyOf(['events:read'], null);
    const first = await at(place, key);
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    const left = Number(first.headers.get('ratelimit-remaining'));
    const again = withKey(key, { 'if-none-match': first.headers.get('etag') ?? '' });
    for (let n = 0; n < 5; n++) expect((await query.ask(`/events/${place}`, again)).status).toBe(304);
    const last = await at(place, key);
    expect(left - Number(last.headers.get('ratelimit-remaining'))).toBeLessThanOrEqual(1);
  });

  it.each([
    ['marquee.sessions/x/1', 400, 'partition'],
    ['marquee.sessions/99999999999/1', 400, 'partition'],
    ['marquee.sessions/4294967296/1', 400, 'partition'],
    ['marquee.sessions/0/-1', 400, 'offset'],
    ['marquee.sessions/0/x', 400, 'offset'],
    ['marquee.sessions/0/0x10', 400, 'offset'],
    ['marquee.sessions/0/99999999999999999999', 400, 'offset'],
    ['marquee.sessions/0/9223372036854775808', 400, 'offset'],
    ['marquee.sessions/0/1?wait=5', 400, 'wait'],
    ['marquee.dreams/0/1', 404, undefined],
    ['sessions/0/1', 404, undefined],
    ['marquee.sessions%00/0/1', 404, undefined],
  ])('is refused for %s', async (place, status, parameter) => {
    const { status: answered, body } = await query.ask(`/events/${place}`, withKey(API_KEY));
    expect(answered).toBe(status);
    if (parameter) expect(body.details).toMatchObject([{ parameter }]);
  });

  it('is unseen where no partition is read, and at the end of all offsets', async () => {
    expect(await stateAt('other.sessions/0/0')).toBe('unseen');
    expect(await stateAt('marquee.sessions/0/9223372036854775807')).toBe('unseen');
    expect((await at('marquee.sessions/0/007')).body.data).toMatchObject({ offset: '7' });
  });
});
