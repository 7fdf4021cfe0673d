import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { QuarantineRanges, TopicPauses } from '#libs/session-store';
import { AdminClient, readCommand, run } from '#tools/quarantine';
import { eventuallyPasses } from '../../../test/given/eventually';
import { metricsOf, readinessOf } from '../../../test/given/operations';
import { event } from '../../../test/given/producer';
import { GivenLifecycle } from './given-lifecycle';

const ADMIN_KEY = 'an admin key for tests';
const times = <T>(count: number, make: (at: number) => T) => Array.from({ length: count }, (_, at) => make(at));

describe('a storm of unreadable messages', () => {
  let given: GivenLifecycle;
  beforeEach(async () => {
    given = await GivenLifecycle.make();
  });
  afterEach(() => given.close());

  const started = (id: string, attributes: object = {}, title: unknown = 'Fine') =>
    event('session.started.v1', id, { title }, attributes);
  const spoiled = (source: string) => started(randomUUID(), { source }, 7);
  const count = async (sql: string) => {
    const [row] = await given.sql<{ count: number }>(`SELECT count(*)::int AS count FROM ${sql}`);
    return row?.count ?? 0;
  };
  const areRecorded = (ids: string[]) =>
    eventuallyPasses('they are recorded', async () =>
      expect(await given.sql('SELECT FROM sessions WHERE id = ANY($1)', [ids])).toHaveLength(ids.length),
    );
  const metric = async (app: NestFastifyApplication, name: string) =>
    Number(new RegExp(`^${name}{.*sessions"} (\\S+)$`, 'm').exec(await metricsOf(app))?.[1] ?? 0);
  const isReady = async (app: NestFastifyApplication) =>
    expect((await app.inject('/health/ready')).statusCode).toBe(200);

  it('of one source or of nobody delays no valid message, not even its own', async () => {
    const app = await given.service();
    const ids = times(3, () => randomUUID());
    await given.sendRaw('sessions', ...times(60, () => 'from a bad deploy'));
    await given.send('sessions', started(ids[0] ?? ''), ...times(60, () => spoiled('/stormy')));
    await given.send('sessions', started(ids[1] ?? '', { source: '/stormy' }), started(ids[2] ?? ''));
    await areRecorded(ids);
    expect(await count('quarantine')).toBe(120);
    expect(await given.sql('SELECT DISTINCT source FROM quarantine ORDER BY 1')).toEqual([
      { source: '' },
      { source: '/stormy' },
    ]);
    expect(await count('topic_pauses')).toBe(0);
    await eventuallyPasses('it is told', async () => expect(await metric(app, 'marquee_storms_total')).toBe(2));
    await isReady(app);
  });

  it('of one identity with other data pauses nobody', async () => {
    const app = await given.service();
    const [id, other] = [randomUUID(), randomUUID()];
    const one = started(id);
    await given.send('sessions', one, ...times(59, (at) => ({ ...one, data: { title: `Another ${at}` } })));
    await given.send('sessions', started(other));
    await areRecorded([id, other]);
    expect(await count(`quarantine WHERE reason = 'id-conflict'`)).toBe(59);
    await isReady(app);
  });

  it('beyond the budget is ranges of places, in two processes as in one, which can be replayed from Kafka', async () => {
    const env = { QUARANTINE_ROWS: '30', QUARANTINE_ROWS_PER_SOURCE: '20', KAFKA_PARTITIONS_SESSIONS: '2', ADMIN_KEY };
    const [app] = await Promise.all([given.service(env), given.service(env)]);
    const good = randomUUID();
    for (let round = 0; round < 4; round++) {
      await given.send('sessions', ...times(40, () => spoiled('/stormy')), ...times(5, () => spoiled(`/x${round}`)));
    }
    await given.send('sessions', started(good));
    await areRecorded([good]);
    await eventuallyPasses('all has its place', async () => {
      const [row] = await given.sql<{ n: number }>(
        `SELECT coalesce(sum(messages), 0)::int AS n FROM quarantine_ranges`,
      );
      expect((row?.n ?? 0) + (await count('quarantine'))).toBe(180);
    });
    expect(await count(`quarantine WHERE source = '/stormy'`)).toBeLessThanOrEqual(20);
    expect(await count('quarantine')).toBe(30);
    await eventuallyPasses('it is told', async () =>
      expect(await metric(app, 'marquee_quarantine_range_messages')).toBe(150),
    );
    const admin = new AdminClient(await app.getUrl(), ADMIN_KEY);
    const command = async (...args: string[]) => {
      const { command: asked } = readCommand([...args, '--json'], Date.now());
      if (asked.name === 'help') throw new Error('a command is missing');
      return JSON.parse(await run(asked, admin, true)) as Record<string, unknown>;
    };
    const { quarantine_ranges: ranges } = await command('status');
    const [range] = ranges as { id: string; messages: number; source: string }[];
    expect(ranges).toContainEqual(expect.objectContaining({ source: '/stormy', reason: 'schema', state: 'open' }));
    const answer = await command('replay-range', range?.id ?? '');
    expect(answer).toMatchObject({ still: range?.messages, gone: 0, state: 'open' });
    expect(await new QuarantineRanges(given.source).get(range?.id ?? '')).toMatchObject({ tries: 1, state: 'open' });
    expect(await count('quarantine')).toBe(30);
    expect(await command('discard-range', range?.id ?? '', '--why', 'a load test')).toEqual({
      done: `range ${range?.id} is discarded`,
    });
    // One that is discarded can be tried again as well, and stays what it is.
    expect(await command('replay-range', range?.id ?? '')).toMatchObject({
      still: range?.messages,
      state: 'discarded',
    });
  });

  it('of most sources at once is our own bug: the topic stands still for all processes until a person resumes it', async () => {
    const app = await given.service();
    const sources = ['/a', '/b', '/c'];
    const before = sources.map((source) => [randomUUID(), source] as const);
    await given.send('sessions', ...before.map(([id, source]) => started(id, { source })));
    await areRecorded(before.map(([id]) => id));
    // One of three is not most of them.
    await given.send('sessions', ...times(25, () => spoiled('/a')));
    await eventuallyPasses('it is in quarantine', async () => expect(await count('quarantine')).toBe(25));
    await isReady(app);

    const [room, waiting] = [randomUUID(), randomUUID()];
    await given.send('sessions', ...times(75, (at) => spoiled(sources[at % 3] ?? '')), started(waiting));
    const standsStill = async (service: typeof app) => {
      const { status, text } = await readinessOf(service);
      expect(status).toBe(503);
      expect(text).toContain('of 3 sources that were valid in the last hour');
    };
    await eventuallyPasses('the topic stands still', () => standsStill(app));
    await given.send('directory', event('room.changed.v1', room, { title: 'Goes on' }));
    await eventuallyPasses('another topic goes on', async () =>
      expect(await given.sql('SELECT FROM reference_data WHERE id = $1', [room])).toHaveLength(1),
    );
    expect(await count('quarantine')).toBeLessThanOrEqual(25 + 60);
    expect(await count(`sessions WHERE id = '${waiting}'`)).toBe(0);

    // A process that starts now holds back as well.
    await given.stop(app);
    const next = await given.launch();
    await eventuallyPasses('the topic still stands still', () => standsStill(next));

    const pauses = new TopicPauses(given.source);
    expect(await pauses.resume(given.topic('sessions'), 60_000)).toBe(true);
    expect(await pauses.resume(given.topic('sessions'), 60_000)).toBe(false);
    await areRecorded([waiting]);
    expect(await count('quarantine')).toBe(100);
  });
});
