import { randomUUID } from 'node:crypto';
import { eventsAnswer, viewersAnswer } from '#libs/contracts';
import { eventually } from './eventually';
import { GivenPlatform, event } from './given-platform';
import { API_KEY, GivenQuery } from './given-query';

const T = Date.UTC(2026, 10, 20, 18);
const SECOND = 1000;
const KEY = { headers: { 'x-api-key': API_KEY } };

describe('the past of a session', () => {
  let platform: GivenPlatform;
  let query: GivenQuery;
  const session = randomUUID();
  const hidden = randomUUID();
  /** As long as they may be, and a sequence that orders nothing. */
  const oddly = { source: '\u0001'.repeat(1024), id: '\u0002'.repeat(255), sequence: 'b.7' };
  const count = (id: string, seconds: number, viewers: number) =>
    event('viewers.counted.v1', id, { viewer_count: viewers }, T + seconds * SECOND);

  beforeAll(async () => {
    platform = await GivenPlatform.make();
    const hiding = randomUUID();
    await platform.directory(event('preset.changed.v1', hiding, { viewer_count_visible: false }));
    await platform.sessions(
      event('session.started.v1', session, { title: 'On air', started_at: new Date(T).toISOString() }, T),
      event('session.heartbeat.v1', session, undefined, T + 5 * SECOND),
      { ...event('session.updated.v1', session, { title: 'Renamed' }, T + 10 * SECOND), ...oddly },
      event('session.ended.v1', session, { reason: 'host left' }, T + 65 * SECOND),
      event('session.started.v1', hidden, { title: 'Hidden', preset_id: hiding }, T),
    );
    await platform.viewers(count(session, 2, 5), count(session, 8, 9), count(session, 9, 7), count(session, 31, 40));
    await platform.viewers(count(hidden, 2, 4711));
    query = await GivenQuery.on(platform);
    await eventually(async () => expect((await query.ask('/health/ready')).status).toBe(200));
  });

  afterAll(async () => {
    await query?.close();
    await platform?.close();
  });

  const viewers = (id: string, parameters = '') => query.ask(`/sessions/${id}/viewers${parameters}`);
  const at = (seconds: number) => new Date(T + seconds * SECOND).toISOString();

  it('is its viewer counts, from its start to its end, with the peak and its time', async () => {
    const { status, body } = await viewers(session);
    expect(status).toBe(200);
    expect(viewersAnswer.safeParse(body).error).toBeUndefined();
    expect(body.data).toEqual({
      session_id: session,
      from: at(0),
      to: new Date(T + 65 * SECOND + 1).toISOString(),
      step: 10,
      counts_visible: true,
      parts: [{ from: at(0), step: 10 }],
      points: [
        { at: at(0), min: 5, max: 9, last: 7 },
        { at: at(30), min: 40, max: 40, last: 40 },
      ],
      max_viewers: 40,
      max_viewers_at: at(31),
    });
  });

  it('C24: has what was counted at once, also where it was asked before', async () => {
    const id = randomUUID();
    await platform.sessions(event('session.started.v1', id, { title: 'Counted' }, T));
    const last = async () => (await viewers(id)).body.data?.['points'] as { last: number }[] | undefined;
    expect(await last()).toEqual([]);
    for (const [n, counted] of [7, 70, 3].entries()) {
      await platform.viewers(count(id, n, counted));
      await eventually(async () => expect((await last())?.at(-1)).toMatchObject({ last: counted }));
    }
  });

  it('is given in the steps and the range that are asked for', async () => {
    const wide = await viewers(session, '?step=60');
    expect(wide.body.data?.['points']).toEqual([{ at: at(0), min: 5, max: 40, last: 40 }]);
    const part = await viewers(session, `?from=${at(5)}&to=${at(30)}`);
    expect(part.body.data?.['points']).toEqual([{ at: at(0), min: 5, max: 9, last: 7 }]);
    const year = await viewers(session, `?from=2025-11-20T00:00:00Z&to=2026-11-20T00:00:00Z`);
    expect(year.body.data?.['step']).toBe(31_540);
  });

  it.each([
    ['?step=15', 'step', /multiple of 10/],
    ['?step=5', 'step', /10/],
    ['?step=86410', 'step', /86400/],
    ['?from=2026-11-21T00:00:00Z&to=2026-11-20T00:00:00Z', 'to', /after from/],
    ['?from=2025-11-20T00:00:00Z&step=10', 'step', /at most 1000 points/],
    ['?from=9999-12-31T23:59:59.999Z', 'to', /after from/],
    ['?from=yesterday', 'from', /RFC 3339/],
    ['?page=1', 'page', /not a known/],
  ])('is refused with %s, naming the parameter and its bound', async (parameters, parameter, message) => {
    const { status, body } = await viewers(session, parameters);
    expect(status).toBe(400);
    expect(body.details?.[0]).toMatchObject({ parameter, message: expect.stringMatching(message) as unknown });
  });

  it('says nothing of counts that a preset hides, whoever asks', async () => {
    for (const init of [{}, KEY]) {
      const { body, text } = await query.ask(`/sessions/${hidden}/viewers`, init);
      expect(body.data).toMatchObject({ counts_visible: false, points: [], max_viewers: null, max_viewers_at: null });
      expect(text).not.toContain('4711');
    }
  });

  it('is its events for who may read them, without its heartbeats, page by page', async () => {
    const path = `/sessions/${session}/events`;
    expect((await query.ask(path)).body).toMatchObject({ code: 'unauthorized' });
    const { body } = await query.ask(path, KEY);
    expect(eventsAnswer.safeParse(body).error).toBeUndefined();
    expect(body.data).toMatchObject({
      next_cursor: null,
      events: [
        {
          type: 'session.started.v1',
          time: at(0),
          timing: 'late',
          source: '/studio',
          place: { topic: expect.any(String) as unknown, partition: 0, offset: expect.any(String) as unknown },
          recorded_at: expect.any(String) as unknown,
          data: { title: 'On air', started_at: at(0) },
        },
        { type: 'session.updated.v1', time: at(10), data: { title: 'Renamed' }, did: 'applied', flags: [], ...oddly },
        { type: 'session.ended.v1', time: at(65), data: { reason: 'host left' } },
      ],
    });
    const walked: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await query.ask(`${path}?limit=1${cursor && `&cursor=${cursor}`}`, KEY);
      walked.push(...(page.body.data?.['events'] as unknown[]));
      cursor = page.body.data?.next_cursor ?? null;
    }
    expect(walked).toEqual(body.data?.['events']);
    expect((await query.ask(`${path}?cursor=x`, KEY)).body.details).toMatchObject([{ parameter: 'cursor' }]);
  });

  it('tells which of its events came from a clock that is wrong', async () => {
    const id = randomUUID();
    const ages = { right: 0, behind: 120 * SECOND, ahead: -600 * SECOND, late: 3600 * SECOND };
    for (const [source, age] of Object.entries(ages)) {
      await platform.sessions({ ...event('session.updated.v1', id, { title: source }, Date.now() - age), source });
    }
    const { body } = await query.ask(`/sessions/${id}/events`, KEY);
    const events = body.data?.['events'] as { source: string; timing: string | null }[];
    expect(Object.fromEntries(events.map(({ source, timing }) => [source, timing]))).toEqual({
      right: null,
      behind: 'behind',
      ahead: 'ahead',
      late: 'late',
    });
  });

  it('grows at its end, whatever comes late: whoever walks on misses nothing', async () => {
    const id = randomUUID();
    const say = (seconds: number) =>
      platform.sessions(event('session.updated.v1', id, { title: `At ${seconds}` }, T + seconds * SECOND));
    for (const seconds of [20, 30]) await say(seconds);
    const path = `/sessions/${id}/events?limit=1`;
    const { body } = await query.ask(path, KEY);
    await say(10);
    const rest = await query.ask(`/sessions/${id}/events?cursor=${body.data?.next_cursor}`, KEY);
    const times = (rest.body.data?.['events'] as { time: string }[] | undefined)?.map(({ time }) => time);
    expect(times).toEqual([at(30), at(10)]);
  });

  it('has what a session became by itself, and shows what cannot be read any more as it is', async () => {
    const id = randomUUID();
    const ofOldTimes = { id: 'a', source: '/studio', type: 'session.dreamt.v0', sequence: 7, data: { of: ['sheep'] } };
    const entries = [
      [null, T * 1000, null, 'derived', [], { status: 'ended', health: null, end_reason: 'lost' }],
      [8, T * 1000, T, 'applied', ['other-room'], ofOldTimes],
      [9, T * 1000, null, 'older', [], 'not even an object'],
      [10, T * 1000, null, 'older', [], { type: 'session.started.v1', subject: id, data: [1] }],
    ];
    const deep = `[11, 0, null, "applied", [], {"type": "x", "data": {"a": ${'['.repeat(50_000)}${']'.repeat(50_000)}}}]`;
    await platform.sql(
      `INSERT INTO session_log (day, subject, topic, partition, entries) VALUES (now(), $1, 't', 0, $2)`,
      [id, `${JSON.stringify(entries).slice(0, -1)},${deep}]`],
    );
    const { status, body } = await query.ask(`/sessions/${id}/events`, KEY);
    expect(status).toBe(200);
    expect(eventsAnswer.safeParse(body).error).toBeUndefined();
    expect(body.data?.['events']).toMatchObject([
      {
        type: 'derived',
        source: 'marquee',
        time: at(0),
        timing: null,
        did: 'derived',
        place: null,
        data: { status: 'ended', health: null, end_reason: 'lost' },
      },
      { ...ofOldTimes, sequence: '7', did: 'applied', flags: ['other-room'], place: { topic: 't', offset: '8' } },
      { type: '', source: '', did: 'older', data: null },
      { type: 'session.started.v1', data: null },
      { type: 'x', data: null },
    ]);
  });

  it('is not there for a session that nobody has spoken of', async () => {
    for (const what of ['viewers', 'events']) {
      expect((await query.ask(`/sessions/${randomUUID()}/${what}`, KEY)).status).toBe(404);
      expect((await query.ask(`/sessions/7/${what}`, KEY)).body.details).toMatchObject([{ parameter: 'id' }]);
    }
  });
});
