import { randomUUID } from 'node:crypto';
import { eventually } from './eventually';
import { GivenPlatform, event } from './given-platform';
import { GivenQuery } from './given-query';

describe('a parameter that takes several values', () => {
  const id = (n: number) => `a0000000-0000-4000-8000-00000000000${n}`;
  const [room, other] = [id(1), id(2)];
  const [live, scheduled, ended, elsewhere] = [id(3), id(4), id(5), id(6)];
  let platform: GivenPlatform;
  let query: GivenQuery;

  beforeAll(async () => {
    platform = await GivenPlatform.make();
    const past = Date.now() - 60_000;
    await platform.sessions(
      event('session.started.v1', live, { title: 'Live', room_id: room, mode: 'webcam' }),
      event('session.scheduled.v1', scheduled, { title: 'Scheduled', room_id: room, mode: 'rtmp' }),
      event('session.started.v1', ended, { title: 'Ended', room_id: room, mode: 'webcam' }, past),
      event('session.ended.v1', ended, {}, past + 1000),
      event('session.started.v1', elsewhere, { title: 'Elsewhere', room_id: other, mode: 'webcam' }),
    );
    query = await GivenQuery.on(platform);
    await eventually(async () => expect((await query.ask('/health/ready')).status).toBe(200));
  });

  afterAll(async () => {
    await query?.close();
    await platform?.close();
  });

  const idsOf = async (path: string) => {
    const { status, body } = await query.ask(path);
    expect({ path, status, details: body.details }).toEqual({ path, status: 200, details: undefined });
    return body.data?.sessions?.map(({ id }) => id).sort();
  };

  it.each([
    ['/sessions?status=live&status=scheduled', [live, scheduled, elsewhere]],
    ['/sessions?status=ended,scheduled&limit=5&status=live', [live, scheduled, ended, elsewhere]],
    ['/sessions?status=live&status=live&status=live&status=live', [live, elsewhere]],
    [`/sessions?ids=${live}&ids=${ended}`, [live, ended]],
    [`/sessions?room_id=${room}&room_id=${other}&mode=webcam&mode=rtmp`, [live, scheduled, ended, elsewhere]],
    [`/sessions/live?room_id=${other}&room_id=${id(9)}`, [elsewhere]],
    [`/rooms/${room}/sessions?status=live&status=ended`, [live, ended]],
  ])('may be repeated: %s', async (path, ids) => {
    expect(await idsOf(path)).toEqual([...ids].sort());
    // Hot now: answered before the framework.
    expect(await idsOf(path)).toEqual([...ids].sort());
  });

  it('may be repeated where a stream is asked for', async () => {
    const follow = async (path: string) => {
      const stop = new AbortController();
      const answer = await fetch(`${query.url}${path}`, { signal: stop.signal });
      expect(answer.status).toBe(200);
      const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
      const text = new TextDecoder().decode((await reader.read()).value);
      stop.abort();
      return /"view":"(\w+)"/.exec(text)?.[1];
    };
    const repeated = await follow('/sessions/stream?status=live&status=scheduled&mode=rtmp&mode=webcam');
    expect(repeated).toBeDefined();
    expect(await follow('/sessions/stream?mode=webcam,rtmp&status=scheduled,live')).toBe(repeated);
  });

  it('asks the same question in either spelling', async () => {
    const [repeated, comma] = [
      await query.ask('/sessions?status=live&status=scheduled&limit=1'),
      await query.ask('/sessions?limit=1&status=scheduled,live'),
    ];
    const cursor = repeated.body.data?.next_cursor ?? '';
    expect(cursor).not.toBe('');
    expect(comma.body.data?.next_cursor).toBe(cursor);
    expect((await query.ask(`/sessions?limit=1&status=scheduled,live&cursor=${cursor}`)).status).toBe(200);
  });

  it.each([
    ['limit=1&limit=2', 'limit', /once/],
    ['sort=duration&sort=duration', 'sort', /once/],
    ['q=a&q=b', 'q', /once/],
    ['recording_enabled=true&recording_enabled=true', 'recording_enabled', /once/],
    ['status=live&status=', 'status', /scheduled/],
    ['status=live&status=paused', 'status', /scheduled/],
    ['status[]=live&status[]=scheduled', 'status[]', /status=a&status=b/],
    ['ids%5B0%5D=1', 'ids[0]', /without brackets/],
  ])('is refused where it is wrong: %s', async (parameters, parameter, why) => {
    const { status, body } = await query.ask(`/sessions?${parameters}`);
    expect(status).toBe(400);
    const detail = body.details?.find(
      (one) => one.parameter === parameter || one.parameter.startsWith(`${parameter}.`),
    );
    expect(detail?.message).toMatch(why);
  });

  it('takes no more values by repetition than otherwise', async () => {
    const many = Array.from({ length: 101 }, () => `ids=${randomUUID()}`).join('&');
    expect((await query.ask(`/sessions?${many}`)).body.details?.[0]?.message).toMatch(/at most 100/);
  });
});
