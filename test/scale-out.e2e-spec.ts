import { type Admin, AssignerProtocol, Kafka, logLevel } from 'kafkajs';
import Redis from 'ioredis';
import { eventually, eventuallyPasses } from './given/eventually';
import { Marquee, sharedStack } from './given/marquee';
import type { Service } from './given/service';
import { type Said, SteadyPlatform } from './given/steady-platform';

const SESSIONS = 100;
const TOPICS = ['sessions', 'viewers'] as const;
const TAKEN_WITHIN_MS = 60_000;

describe('lifecycle processes that come and go', () => {
  let marquee: Marquee;
  let platform: SteadyPlatform;
  let admin: Admin;
  let lifecycles: Service[] = [];

  beforeAll(async () => {
    marquee = await Marquee.on(sharedStack(), { KAFKA_PARTITIONS_SESSIONS: '3', KAFKA_PARTITIONS_VIEWERS: '3' });
    await marquee.start();
    lifecycles = [
      marquee.lifecycle,
      await marquee.another('session-lifecycle'),
      await marquee.another('session-lifecycle'),
    ];
    admin = new Kafka({ brokers: marquee.on.kafkaBrokers.split(','), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    platform = new SteadyPlatform(marquee, SESSIONS);
    await platform.begin();
  });

  afterAll(async () => {
    await platform?.close();
    await Promise.all(lifecycles.map((one) => one.stop('SIGKILL')));
    await admin?.disconnect();
    await marquee?.close();
  });

  /** Of a topic's group: how many partitions each member has, sorted. */
  async function shares(topic: (typeof TOPICS)[number]): Promise<number[]> {
    const { groups } = await admin.describeGroups([`${marquee.name}.lifecycle.${topic}`]);
    const [group] = groups;
    if (group?.state !== 'Stable') throw new Error(`the group of ${topic} is ${group?.state}`);
    return group.members
      .map(({ memberAssignment }) => AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {})
      .map((assignment) => (assignment[marquee.topic(topic)] ?? []).length)
      .sort((a, b) => a - b);
  }

  async function expectShares(each: number[]): Promise<void> {
    for (const topic of TOPICS) {
      await eventuallyPasses(
        `${topic} is shared by ${each.length}`,
        async () => {
          expect(await shares(topic)).toEqual(each);
        },
        TAKEN_WITHIN_MS,
      );
    }
  }

  /** Every offset that a partition has, has been taken. */
  async function expectTaken(): Promise<void> {
    await eventually(
      'everything is taken',
      async () => {
        const rows = await marquee.sql<{ topic: string; partition: number; next_offset: string }>(
          'SELECT topic, partition, next_offset FROM ingest_progress',
        );
        const next = new Map(rows.map((row) => [`${row.topic}/${row.partition}`, BigInt(row.next_offset)]));
        for (const topic of TOPICS) {
          for (const { partition, high } of await admin.fetchTopicOffsets(marquee.topic(topic))) {
            const taken = next.get(`${marquee.topic(topic)}/${partition}`) ?? 0n;
            if (taken < BigInt(high)) throw new Error(`${topic}/${partition}: ${taken} of ${high}`);
          }
        }
        return true;
      },
      TAKEN_WITHIN_MS,
    );
  }

  async function recorded(): Promise<Map<string, Said>> {
    const rows = await marquee.sql<Said & { id: string }>(
      `SELECT id, title, status, viewer_count, max_viewers FROM sessions LEFT JOIN session_counts ON session_id = id`,
    );
    return new Map(rows.map(({ id, ...said }) => [id, said]));
  }

  /** What Redis shows, by id: version and counts. */
  async function projected(): Promise<Map<string, unknown>> {
    const redis = new Redis(marquee.on.redisUrl);
    try {
      const epoch = await redis.hget(`{${marquee.name}}:meta`, 'epoch');
      const [sessions, counts] = await Promise.all(
        ['sessions', 'counts'].map((kind) => redis.hgetall(`{${marquee.name}}:${epoch}:${kind}`)),
      );
      const version = (text = '') => text.slice(0, text.indexOf(' '));
      const body = (text = 'null') => JSON.parse(text.slice(text.indexOf(' ') + 1)) as Partial<Said> | null;
      return new Map(
        Object.entries(sessions ?? {}).map(([id, text]) => {
          const { viewer_count = null, max_viewers = null } = body(counts?.[id]) ?? {};
          return [id, { version: version(text), viewer_count, max_viewers }];
        }),
      );
    } finally {
      redis.disconnect();
    }
  }

  /** Nothing lost, nothing twice, nothing another way than it was said; Redis has what Postgres has. */
  async function expectAllAsSaid(): Promise<void> {
    await platform.rest();
    await expectTaken();
    expect(await recorded()).toEqual(platform.said);
    const [log] = await marquee.sql<{ taken: number }>(
      `SELECT count(*)::int AS taken FROM session_log, json_array_elements(entries::json) AS entry
       WHERE entry ->> 3 NOT IN ('duplicate', 'derived')`,
    );
    expect(log?.taken).toBe(platform.lifeEvents);
    const quarantined = await marquee.sql('SELECT reason, error FROM quarantine');
    expect(quarantined).toEqual([]);
    const live = await marquee.sql<{ id: string; version: string } & Pick<Said, 'viewer_count' | 'max_viewers'>>(
      `SELECT id, s.version::text AS version, viewer_count, max_viewers FROM sessions s
       LEFT JOIN session_counts ON session_id = id WHERE status = 'live'`,
    );
    const shown = new Map(live.map(({ id, ...rest }) => [id, rest]));
    await eventuallyPasses('Redis has what Postgres has', async () => expect(await projected()).toEqual(shown));
  }

  it('share the partitions; from one to three, through a rolling restart, more partitions and back nothing is lost', async () => {
    const [first, second, third] = lifecycles as [Service, Service, Service];
    await expectShares([3]);

    await Promise.all([second.start(), third.start()]);
    await expectShares([1, 1, 1]);

    for (const one of lifecycles) {
      expect(await one.stop()).toBe(0);
      await one.start();
    }
    await expectShares([1, 1, 1]);

    await admin.createPartitions({
      topicPartitions: TOPICS.map((topic) => ({ topic: marquee.topic(topic), count: 6 })),
    });
    await platform.lookAgain();
    await expectShares([2, 2, 2]);

    expect(await first.stop()).toBe(0);
    expect(await third.stop('SIGKILL')).toBeNull();
    await expectShares([6]);

    await expectAllAsSaid();
    expect(platform.counts).toBeGreaterThan(1000);
    expect(await second.stop()).toBe(0);
  });
});
