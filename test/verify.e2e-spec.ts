import { randomUUID } from 'node:crypto';
import Redis from 'ioredis';
import type { Difference } from '#libs/session-store';
import { type Places, type Report, exitCodeOf, repair, verify } from '#tools/verify';
import { eventually } from './given/eventually';
import { API_KEY, Marquee, sharedStack } from './given/marquee';
import { ForeignProducer, event } from './given/producer';
import { runTool } from './given/run-tool';
import { SteadyPlatform } from './given/steady-platform';

const PATIENCE_MS = 600_000;
const SESSIONS_ON_AIR = 60;
const [room, host, preset] = [randomUUID(), randomUUID(), randomUUID()];
const [live, scheduled] = [randomUUID(), randomUUID()];

describe('verify', () => {
  let marquee: Marquee;
  let producer: ForeignProducer;
  let platform: SteadyPlatform;
  let redis: Redis;
  let places: Places;

  beforeAll(async () => {
    // What differs is found and repaired by verify, not by the service's own comparison.
    marquee = await Marquee.on(sharedStack(), { RECONCILE_EVERY_SECONDS: '86400', REQUESTS_PER_MINUTE: '0' });
    await marquee.start();
    redis = new Redis(marquee.on.redisUrl);
    places = {
      databaseUrl: Object.assign(new URL(marquee.on.postgresUrl), { pathname: `/${marquee.name}` }).href,
      redis: { url: marquee.on.redisUrl, tag: marquee.name },
      queryUrl: marquee.query.url,
      gatewayUrl: marquee.gateway.url,
      apiKey: API_KEY,
    };
    producer = new ForeignProducer(marquee);
    await producer.connect();
    await producer.send('directory', event('room.changed.v1', room, { title: 'Hall', host_id: host }));
    await producer.send(
      'directory',
      event('host.changed.v1', host, { username: 'jane', email: 'jane@example.com' }),
      event('preset.changed.v1', preset, { name: 'Quiet', viewer_count_visible: false }),
    );
    const planned = { scheduled_start_time: new Date(Date.now() + 3_600_000).toISOString() };
    await producer.send(
      'sessions',
      event('session.started.v1', live, { room_id: room, preset_id: preset, title: 'On air', lease_seconds: 1800 }),
      event('session.scheduled.v1', scheduled, { room_id: room, title: 'Later', mode: 'webcam', ...planned }),
    );
    await producer.send('viewers', event('viewers.counted.v1', live, { viewer_count: 1234 }));
    platform = new SteadyPlatform(marquee, SESSIONS_ON_AIR);
    await platform.begin();
  }, PATIENCE_MS);
  afterAll(async () => {
    await platform?.close();
    await producer?.close();
    redis?.disconnect();
    await marquee?.close();
  });

  const key = (name: string) => `{${marquee.name}}:${name}`;
  const hash = async (name: string) => key(`${await redis.hget(key('meta'), 'epoch')}:${name}`);
  const differencesOf = ({ checks }: Report) => checks.flatMap(({ differences }) => differences);

  /** Freezes an order in Redis; gives the cursor of the third page, null where there is none. */
  async function beginWalk(): Promise<string | null> {
    const list = `${marquee.query.url}/sessions?sort=viewer_count&limit=5`;
    const cursorOf = async (url: string) => {
      const { data } = (await (await fetch(url)).json()) as { data?: { next_cursor: string | null } };
      return data?.next_cursor ?? null;
    };
    const second = await cursorOf(list);
    return second && cursorOf(`${list}&cursor=${second}`);
  }

  async function told(): Promise<void> {
    await eventually('all is recorded and told', async () => {
      const rows = await marquee.sql(
        `SELECT FROM sessions WHERE id = ANY($1) AND (SELECT count(*) FROM session_counts) > 0`,
        [[live, scheduled]],
      );
      return rows.length === 2 && (await marquee.sql('SELECT FROM outbox')).length === 0 ? true : undefined;
    });
  }

  it(
    'finds nothing while sessions start, change, are counted and end, and walks are under way',
    async () => {
      await eventually('a walk is under way', async () => (await beginWalk()) ?? undefined);
      await eventually('the platform is on', async () => (platform.lifeEvents > 80 ? true : undefined));
      const before = platform.lifeEvents;
      const { report } = await verify(places);
      expect(platform.lifeEvents).toBeGreaterThan(before);
      expect(await redis.keys(key('walk*'))).toHaveLength(3);
      expect(differencesOf(report)).toEqual([]);
      expect(report.notLooked).toEqual([]);
      expect(exitCodeOf(report)).toBe(0);
      expect(report.position).not.toBeNull();
      const compared = Object.fromEntries(report.checks.map(({ name, compared: many }) => [name, many]));
      for (const name of [
        'sessions = folds',
        'claims = folds',
        'texts = sessions',
        'Redis = Postgres',
        'REST, live = Redis',
        'REST, lists = Redis',
        'socket, cards = Redis',
      ])
        expect(compared).toMatchObject({ [name]: expect.any(Number) as number });
      expect(compared['Redis = Postgres']).toBeGreaterThan(SESSIONS_ON_AIR);
      // An end may be told before the start that was sent with it: they lie in different partitions.
      expect(compared['REST, live = Redis']).toBeGreaterThan(SESSIONS_ON_AIR / 2);
      expect(compared['socket, cards = Redis']).toBeGreaterThan(SESSIONS_ON_AIR / 2);
      expect(report.unknown.join()).toMatch(/heartbeats/);
    },
    PATIENCE_MS,
  );

  describe('of a system at rest', () => {
    beforeAll(async () => {
      await platform.rest();
      await told();
    }, PATIENCE_MS);

    /** Each spoils one thing by hand, and says what must be named. */
    const spoils: [what: string, spoil: () => Promise<unknown>, named: Partial<Difference>[]][] = [
      [
        'a title in Postgres',
        () => marquee.sql(`UPDATE sessions SET title = 'Spoiled' WHERE id = $1`, [live]),
        [
          { kind: 'session', id: live, where: 'sessions.title', expected: 'title "On air"', found: 'title "Spoiled"' },
          { kind: 'Redis session', id: live },
          { kind: 'REST', id: live },
        ],
      ],
      [
        'a total',
        () =>
          marquee.sql(
            'UPDATE session_totals SET live = live + 3 WHERE shard = (SELECT min(shard) FROM session_totals)',
          ),
        [{ kind: 'total', id: 'live' }],
      ],
      [
        'a text',
        () => marquee.sql(`UPDATE session_texts SET folded = 'spoiled' WHERE session_id = $1`, [live]),
        [{ kind: 'text', id: live }],
      ],
      [
        'a claim',
        () => marquee.sql('UPDATE room_claims SET room_id = $2 WHERE session_id = $1', [live, randomUUID()]),
        [{ kind: 'claim', id: live }],
      ],
      [
        'a card in Redis',
        async () => {
          const stored = (await redis.hget(await hash('sessions'), live)) ?? '';
          await redis.hset(await hash('sessions'), live, stored.replace('"On air"', '"Spoiled"'));
        },
        [{ kind: 'Redis session', id: live, expected: 'title "On air"', found: 'title "Spoiled"' }],
      ],
      ['a count in Redis that is newer than the record', () => spoilCounts(), [{ kind: 'Redis counts', id: live }]],
      [
        'a room in Redis',
        async () => redis.hset(await hash('rooms'), room, '1 {"title":"Spoiled"}'),
        [{ kind: 'Redis room', id: room }],
      ],
      [
        'a card that lacks',
        async () => {
          await redis
            .multi()
            .hdel(await hash('sessions'), scheduled)
            .hincrby(key('meta'), 'count', -1)
            .exec();
        },
        [{ kind: 'Redis session missing', id: scheduled }],
      ],
      [
        'a ghost that nobody knows',
        () => ghost('99999999-9999-4999-8999-999999999999'),
        [{ kind: 'Redis session too many', id: '99999999-9999-4999-8999-999999999999' }],
      ],
      ['a ghost that has ended', async () => ghost(await anEnded()), [{ kind: 'Redis session too many' }]],
      [
        'what readers were told and Redis does not hold',
        () => tellReaders(),
        [
          { kind: 'REST', id: live },
          { kind: 'socket', id: live },
        ],
      ],
    ];

    async function spoilCounts(): Promise<void> {
      const stored = (await redis.hget(await hash('counts'), live)) ?? '';
      const counts = JSON.parse(stored.slice(stored.indexOf(' ') + 1)) as object;
      await redis.hset(
        await hash('counts'),
        live,
        `700 ${JSON.stringify({ ...counts, version: 700, viewer_count: 9 })}`,
      );
    }

    /** As a session that is live, which it is not. */
    async function ghost(id: string): Promise<void> {
      const stored = (await redis.hget(await hash('sessions'), live)) ?? '';
      await redis
        .multi()
        .hset(await hash('sessions'), id, stored.replace(live, id))
        .hincrby(key('meta'), 'count', 1)
        .exec();
    }

    async function anEnded(): Promise<string> {
      const [row] = await marquee.sql<{ id: string }>(`SELECT id FROM sessions WHERE status = 'ended' LIMIT 1`);
      return row?.id ?? '';
    }

    /** An entry of the log that is nowhere else. */
    async function tellReaders(): Promise<void> {
      const stored = (await redis.hget(await hash('sessions'), live)) ?? '';
      const session = JSON.parse(stored.slice(stored.indexOf(' ') + 1)) as object;
      const [{ version }] = (await marquee.sql<{ version: string }>('SELECT version FROM sessions WHERE id = $1', [
        live,
      ])) as [{ version: string }];
      const told = { ...session, version: Number(version) + 40, description: 'said to readers alone' };
      const seq = await redis.hincrby(key('meta'), 'seq', 1);
      const log = await hash('log');
      await redis.xadd(log, `${seq}-0`, `s ${live} ${told.version}`, JSON.stringify(told));
    }

    it.each(spoils)(
      'names %s, and repairs it',
      async (_, spoil, named) => {
        await spoil();
        const verified = await verify(places);
        const found = differencesOf(verified.report);
        for (const one of named) expect(found).toContainEqual(expect.objectContaining(one));
        expect(exitCodeOf(verified.report)).toBe(1);

        const repaired = await repair(places, verified);
        expect(differencesOf(repaired)).toEqual([]);
        expect(repaired.notLooked).toEqual([]);
        expect(repaired.repaired).not.toEqual([]);
        expect(exitCodeOf(repaired)).toBe(0);
      },
      PATIENCE_MS,
    );

    it(
      'names a count that its history contradicts, and leaves it alone',
      async () => {
        await marquee.sql('UPDATE session_counts SET viewer_count = 5 WHERE session_id = $1', [live]);
        const report = await repair(places, await verify(places));
        expect(differencesOf(report)).toMatchObject([
          { kind: 'count', id: live, where: 'session_counts.viewer_count', found: '5' },
        ]);
        expect(exitCodeOf(report)).toBe(1);
        await marquee.sql('UPDATE session_counts SET viewer_count = 1234 WHERE session_id = $1', [live]);
        expect(differencesOf(await repair(places, await verify(places)))).toEqual([]);
      },
      PATIENCE_MS,
    );

    it(
      'names rows that wait in the outbox, and what Redis lacks because of them',
      async () => {
        await marquee.lifecycle.stop();
        await marquee.sql(`UPDATE sessions SET version = version + 1 WHERE id = $1`, [live]);
        await marquee.sql(`UPDATE session_folds SET version = version + 1 WHERE id = $1`, [live]);
        await marquee.sql(
          `INSERT INTO outbox (id, first, since, entries, sessions, counts, entities)
           SELECT id, id, now() - interval '1 minute', 1, $1, '{}', '{}' FROM nextval('outbox_id') id`,
          [[live]],
        );
        const { report } = await verify(places);
        const found = differencesOf(report);
        expect(found).toContainEqual(expect.objectContaining({ kind: 'outbox' }));
        expect(found).toContainEqual(expect.objectContaining({ kind: 'Redis session', id: live }));
        await marquee.lifecycle.start();
        await told();
        expect(differencesOf((await verify(places)).report)).toEqual([]);
      },
      PATIENCE_MS,
    );

    it(
      'says what it did not look at, and what it could not',
      async () => {
        const { databaseUrl } = places;
        const alone = (await verify({ databaseUrl })).report;
        expect(alone.notLooked.map(({ what, failed }) => [what, failed])).toEqual([
          ['Redis', false],
          ['REST', false],
          ['socket', false],
        ]);
        expect(exitCodeOf(alone)).toBe(0);

        const nobody = 'http://127.0.0.1:9';
        const away = (await verify({ ...places, queryUrl: nobody, gatewayUrl: nobody })).report;
        expect(away.notLooked).toEqual([
          { what: 'REST', failed: true, why: expect.stringMatching(/cannot be reached.*QUERY_URL/) as string },
          { what: 'socket', failed: true, why: expect.stringMatching(/cannot be reached.*GATEWAY_URL/) as string },
        ]);
        expect(exitCodeOf(away)).toBe(2);

        const lost = (await verify({ ...places, redis: { url: 'redis://127.0.0.1:9', tag: marquee.name } })).report;
        expect(lost.notLooked).toEqual([
          { what: 'Redis', failed: true, why: expect.stringMatching(/Redis is away.*REDIS_URL/) as string },
          { what: 'REST', failed: false, why: expect.stringMatching(/compared with Redis/) as string },
          { what: 'socket', failed: false, why: expect.stringMatching(/compared with Redis/) as string },
        ]);
        expect(exitCodeOf(lost)).toBe(2);
      },
      PATIENCE_MS,
    );
  });

  it(
    'is a command with a table, JSON and exit codes',
    async () => {
      const env = {
        DATABASE_URL: places.databaseUrl ?? '',
        REDIS_URL: marquee.on.redisUrl,
        REDIS_HASH_TAG: marquee.name,
        QUERY_URL: marquee.query.url,
        GATEWAY_URL: marquee.gateway.url,
        API_KEY,
      };
      const run = async (args: string[], more: object = {}) => {
        const { code, out, err } = await runTool('verify', args, { ...env, ...more });
        return { code, out: out + err };
      };
      const table = await run([]);
      expect(table.out).toMatch(/^CHECK +COMPARED +TOOK +DIFFERENT/);
      expect(table.out).toMatch(/nothing differs, the projection at \d+\.\d+/);
      expect(table.code).toBe(0);

      const json = await run(['--json', '--without', 'rest,socket']);
      expect(JSON.parse(json.out)).toMatchObject({ repaired: null, notLooked: [{ what: 'REST' }, { what: 'socket' }] });

      const away = await run([], { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' });
      expect(away.out).toMatch(/Postgres cannot be reached.*DATABASE_URL/);
      expect(away.code).toBe(2);
      expect((await run(['--without', 'kafka'])).code).toBe(2);
    },
    PATIENCE_MS,
  );
});
