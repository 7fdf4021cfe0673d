import { randomUUID } from 'node:crypto';
import { actAnswer, factsAnswer } from '#libs/contracts';
import { Acts, ApiKeys, SessionStore, createDataSource } from '#libs/session-store';
import type { DataSource } from 'typeorm';
import { DocumentedApi, ask } from '../../../test/given/documented-api';
import { eventually } from './eventually';
import { GivenPlatform, event } from './given-platform';
import { API_KEY, GivenQuery } from './given-query';

const ADMIN_KEY = 'an admin key for tests';

describe('what operators ask', () => {
  const api = new DocumentedApi('openapi-admin.json');
  let platform: GivenPlatform;
  let query: GivenQuery;
  let source: DataSource;
  let acts: Acts;

  beforeAll(async () => {
    platform = await GivenPlatform.make();
    source = await createDataSource({ url: platform.databaseUrl, name: 'keys', poolSize: 2 }).initialize();
    acts = new Acts(source);
    query = await GivenQuery.on(platform, { ADMIN_KEY });
    await eventually(async () => expect((await query.ask('/health/ready')).status).toBe(200));
  });
  afterAll(async () => {
    await query?.close();
    await source?.destroy();
    await platform?.close();
  });

  const as = (key: string) => ({ headers: { 'x-api-key': key } });
  const read = async (operation: string, path: string) => {
    const answer = await ask(`${query.url}${path}`, as(ADMIN_KEY));
    expect({ path, status: answer.status }).toEqual({ path, status: 200 });
    api.expect(operation, answer);
    return (JSON.parse(answer.text) as { data: Record<string, unknown> }).data;
  };
  const post = (body: unknown, key = ADMIN_KEY, path = '/admin/acts') =>
    query.ask(path, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  /** Puts a message into quarantine, and gives the number of its row. */
  const quarantined = async (
    value: object | string,
    { topic = 'marquee.sessions', key = '' } = {},
  ): Promise<string> => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const subject = key || (typeof value === 'object' && (value as { subject?: string }).subject) || 'k';
    const place = { topic, partition: 0, offset: String(Math.floor(Math.random() * 1e9)) };
    const record = { key: Buffer.from(subject), value: Buffer.from(text), headers: {}, timestamp: Date.now() };
    const bad = { kind: 'record' as const, place, record, source: '/studio', reason: 'bug', error: 'our bug' };
    await new SessionStore(source).recordEvidence({ bad: [bad], progress: null });
    const [row] = (await source.query('SELECT max(id) AS id FROM quarantine')) as { id: string }[];
    return row?.id ?? '';
  };

  it('is told to who has the scope: the configured keys, and keys and tokens of operators', async () => {
    const paths = ['facts', 'quarantine', 'quarantine/1', 'quarantine/1/outlook', 'keys', 'acts', 'acts/1'];
    const keys = new ApiKeys(source);
    const other = await keys.create({ name: 'app', scopes: ['events:read', 'sessions:private'], sources: null });
    const operator = await keys.create({ name: 'ops', scopes: ['admin:read'], sources: null });
    for (const path of paths) {
      const statusFor = async (init: RequestInit) => (await query.ask(`/admin/${path}`, init)).status;
      expect({ path, status: await statusFor({}) }).toEqual({ path, status: 401 });
      expect({ path, status: await statusFor(as(other.text)) }).toEqual({ path, status: 403 });
      const isThere = path.includes('1') ? 404 : 200;
      for (const key of [API_KEY, ADMIN_KEY, operator.text])
        expect({ path, status: await statusFor(as(key)) }).toEqual({ path, status: isThere });
    }
    const act = { what: 'discard', ids: ['1'], why: 'a load test' };
    for (const key of [API_KEY, operator.text])
      expect((await post(act, key)).body).toMatchObject({ code: 'forbidden' });
    expect((await post(act, 'unknown')).status).toBe(401);
    expect(await acts.list(10)).toEqual([]);
  });

  it('is what the processes say of themselves, and the numbers that follow from it', async () => {
    await query.ask('/sessions');
    await query.ask('/admin/quarantine/x', as(ADMIN_KEY));
    await eventually(async () => {
      const { body } = await query.ask('/admin/facts', as(ADMIN_KEY));
      expect(factsAnswer.safeParse(body).error).toBeUndefined();
      expect(body.data).toMatchObject({
        processes: [
          {
            service: 'session-query',
            ready: true,
            checks: expect.arrayContaining([{ name: 'postgres', ok: true, degraded: null, error: null }]) as unknown,
            query: { p99_ms: expect.any(Number) as unknown, errors_in_last_minute: 0, stream_readers: 0 },
            lifecycle: null,
          },
        ],
      });
    });
    const numbers = (await read('getFacts', '/admin/facts'))['numbers'] as {
      name: string;
      value: number | null;
      why: string | null;
    }[];
    const known = new Map(numbers.map((one) => [one.name, one]));
    expect(known.get('rest_p99_ms')).toMatchObject({ value: expect.any(Number) as unknown, why: null });
    expect(known.get('rest_errors')).toMatchObject({ value: 0, is_met: true });
    expect(known.get('quarantine_open')).toMatchObject({ value: expect.any(Number) as unknown, why: null });
    for (const name of ['lag', 'fresh_age_ms', 'differences', 'start_to_browser_p99_ms']) {
      expect(known.get(name)).toMatchObject({ value: null, is_met: null, why: expect.any(String) as unknown });
    }
  });

  it('is what waits in quarantine, page by page, and one of it with its bytes', async () => {
    const ids = [await quarantined('no JSON'), await quarantined('no JSON either')];
    const first = await read('listQuarantine', '/admin/quarantine?limit=1&reason=bug');
    expect(first).toMatchObject({
      rows: [{ id: ids[0], size: 7, state: 'open' }],
      total: 2,
      next_after: ids[0],
      ranges: [],
    });
    const next = await read('listQuarantine', `/admin/quarantine?limit=1&reason=bug&after=${ids[0]}`);
    expect(next).toMatchObject({ rows: [{ id: ids[1] }], next_after: null });
    expect(await read('getQuarantined', `/admin/quarantine/${ids[0]}`)).toMatchObject({
      id: ids[0],
      value_base64: Buffer.from('no JSON').toString('base64'),
      reason: 'bug',
    });
    expect((await query.ask('/admin/quarantine?state=closed', as(ADMIN_KEY))).body.details).toMatchObject([
      { parameter: 'state' },
    ]);
  });

  describe('before a replay', () => {
    const outlook = async (id: string) => read('getOutlook', `/admin/quarantine/${id}/outlook`);

    it('is what would still be refused', async () => {
      expect(await outlook(await quarantined('no JSON'))).toMatchObject({ would: 'refuse', reason: 'not-json' });
      const foreign = event('session.started.v1', randomUUID(), { title: 'x' });
      expect(await outlook(await quarantined(foreign, { topic: 'foreign.topic' }))).toMatchObject({
        would: 'refuse',
        reason: 'unknown-topic',
      });
      const sent = { ...event('session.started.v1', randomUUID(), { title: 'One' }), id: 'twice' };
      await platform.sessions(sent);
      const conflict = { ...sent, data: { title: 'Another' } };
      expect(await outlook(await quarantined(conflict))).toMatchObject({ would: 'refuse', reason: 'id-conflict' });
      expect(await outlook(await quarantined(sent))).toMatchObject({ would: 'record', did: 'duplicate', changes: [] });
    });

    it('is what would be shown otherwise', async () => {
      const id = randomUUID();
      const started = await quarantined(event('session.started.v1', id, { title: 'On air' }));
      expect(await outlook(started)).toMatchObject({
        would: 'record',
        event: { type: 'session.started.v1', source: '/studio' },
        subject: id,
        did: 'applied',
        changes: expect.arrayContaining([
          { field: 'title', from: null, to: 'On air' },
          { field: 'status', from: null, to: 'live' },
        ]) as unknown,
      });
      await platform.sessions(event('session.started.v1', id, { title: 'On air' }));
      await platform.sessions(event('session.updated.v1', id, { title: 'The latest' }));
      const older = event('session.updated.v1', id, { title: 'Older' }, Date.now() - 60_000);
      expect(await outlook(await quarantined(older))).toMatchObject({ did: 'older', changes: [] });
      const newer = event('session.updated.v1', id, { title: 'Newer' });
      expect(await outlook(await quarantined(newer))).toMatchObject({
        did: 'applied',
        changes: [{ field: 'title', from: 'The latest', to: 'Newer' }],
      });
      expect((await query.ask(`/sessions/${id}`)).body.data).toMatchObject({ title: 'The latest' });
      const count = event('viewers.counted.v1', id, { viewer_count: 4 });
      expect(await outlook(await quarantined(count, { topic: 'marquee.viewers' }))).toMatchObject({
        would: 'record',
        did: null,
        changes: [],
      });
    });
  });

  it('is written down when it is to be done, by whom and why, until it is over', async () => {
    const asked = await post({
      what: 'replay',
      reason: 'bug',
      since: '2026-01-01T00:00:00Z',
      why: 'the fault is mended',
    });
    expect(asked.status).toBe(202);
    expect(actAnswer.safeParse(asked.body).error).toBeUndefined();
    const id = String(asked.body.data?.['id']);
    const act = {
      what: 'replay',
      of: { reason: 'bug', since: '2026-01-01T00:00:00Z' },
      why: 'the fault is mended',
      who: 'configured-admin',
      state: 'asked',
    };
    expect(asked.body.data).toMatchObject(act);
    expect(await read('getAct', `/admin/acts/${id}`)).toMatchObject(act);
    await acts.take('a lifecycle process', 60_000, ['replay']);
    await acts.end(id, 'a lifecycle process', { state: 'done', result: { replayed: 3 } });
    await post({ what: 'revoke_key', id: 'a1b2c3d4e5f6', why: 'it leaked' });
    const all = await read('listActs', '/admin/acts?limit=1');
    expect(all).toMatchObject({
      acts: [{ what: 'revoke_key', of: { id: 'a1b2c3d4e5f6' } }],
      next_before: expect.any(String) as unknown,
    });
    expect(await read('listActs', `/admin/acts?before=${String(all['next_before'])}`)).toMatchObject({
      acts: [{ id, state: 'done', result: { replayed: 3 } }],
      next_before: null,
    });
  });

  it.each([
    [{ what: 'dream', why: 'because' }, 'what'],
    [{ what: 'discard', ids: ['1'] }, 'why'],
    [{ what: 'discard', ids: ['1'], why: 'no' }, 'why'],
    [{ what: 'discard', ids: ['1'], why: 'x'.repeat(501) }, 'why'],
    [{ what: 'discard', ids: [], why: 'because' }, 'ids'],
    [{ what: 'discard', ids: ['one'], why: 'because' }, 'ids.0'],
    [{ what: 'replay', ids: ['1'], reason: 'bug', why: 'because' }, 'ids'],
    [{ what: 'revoke_key', id: '7', why: 'because' }, 'id'],
    [{ what: 'resume', topic: 't', minutes: 0, why: 'because' }, 'minutes'],
    [[], '(whole)'],
  ])('is refused for %j, naming what is wrong', async (body, parameter) => {
    const before = await acts.list(1);
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_body' } });
    expect(answer.body.details?.[0]).toMatchObject({ parameter });
    expect(await acts.list(1)).toEqual(before);
  });

  it('is posted to one path alone, as JSON', async () => {
    for (const path of ['/admin/facts', '/admin/acts/1', '/admin/quarantine', '/sessions', '/events'])
      expect({ path, status: (await post({}, ADMIN_KEY, path)).status }).toEqual({ path, status: 405 });
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      const { status, headers } = await query.ask('/admin/acts', { method, ...as(ADMIN_KEY) });
      expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow: 'GET, HEAD, POST' });
    }
    expect((await post('{"what":')).status).toBe(400);
    expect((await post({ what: 'discard', ids: ['1'], why: 'because' }, ADMIN_KEY, '/admin/acts?x=1')).status).toBe(
      400,
    );
  });

  it('tells whose keys there are, and nothing that opens anything', async () => {
    const { id, text } = await new ApiKeys(source).create({
      name: 'studio',
      scopes: ['events:write'],
      sources: ['/a'],
    });
    const { keys } = await read('listKeys', '/admin/keys');
    expect(keys).toContainEqual({
      id,
      name: 'studio',
      scopes: ['events:write'],
      sources: ['/a'],
      created_at: expect.any(String) as unknown,
      revoked_at: null,
    });
    expect(JSON.stringify(keys)).not.toContain(text.slice(-20));
  });
});
