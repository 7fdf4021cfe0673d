import { randomUUID } from 'node:crypto';
import { createDataSource } from '#libs/session-store';
import { throwawayDatabase } from '#tools/stack';
import type { DataSource } from 'typeorm';
import { rowsOf } from '../apps/session-lifecycle/test/rows-of-record';
import { eventuallyPasses } from './given/eventually';
import { Marquee, sharedStack } from './given/marquee';
import { ForeignProducer, event } from './given/producer';
import { type Ended, runTool } from './given/run-tool';

/** More than two pages of what the command does in one transaction. */
const SESSIONS = 250;
const PAGES_OF_TWO = 200;
const LEASE_SECONDS = 1800;
/** The command tells of its progress after five seconds, where it does not write to a terminal. */
const PROGRESS_AFTER = "interval '5500 ms'";

describe('npm run rebuild -- --from-log', () => {
  let marquee: Marquee;
  let producer: ForeignProducer;
  let source: DataSource;
  const ids = Array.from({ length: SESSIONS }, () => randomUUID()).sort();
  const [renamed, revived, refolded, claimless, forgotten] = ids.filter((_, n) => n % 50 === 7) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const mended = [renamed, revived, refolded, claimless];

  beforeAll(async () => {
    marquee = await Marquee.on(sharedStack());
    await marquee.start();
    source = await createDataSource({ url: databaseUrl(marquee.name), name: 'given', poolSize: 2 }).initialize();
    producer = new ForeignProducer(marquee);
    await producer.connect();
    const data = (n: number) => ({ title: `Show ${n}`, room_id: randomUUID(), lease_seconds: LEASE_SECONDS });
    await producer.send('sessions', ...ids.map((id, n) => event('session.started.v1', id, data(n))));
    await producer.send('sessions', event('session.ended.v1', revived, { reason: 'done' }));
    await producer.send('viewers', event('viewers.counted.v1', renamed, { viewer_count: 7 }));
    await eventuallyPasses('all is recorded and told', async () => {
      const [found] = await sql<Record<string, number>>(
        `SELECT (SELECT count(*) FROM sessions)::int AS sessions, (SELECT count(*) FROM session_counts)::int AS counted,
           (SELECT count(*) FROM sessions WHERE status = 'ended')::int AS ended, (SELECT count(*) FROM outbox)::int AS untold`,
      );
      expect(found).toEqual({ sessions: SESSIONS, counted: 1, ended: 1, untold: 0 });
    });
  });
  afterAll(async () => {
    await producer?.close();
    await source?.destroy();
    await marquee?.close();
  });

  function databaseUrl(name: string): string {
    return Object.assign(new URL(sharedStack().postgresUrl), { pathname: `/${name}` }).href;
  }

  async function sql<R>(text: string, values: unknown[] = []): Promise<R[]> {
    return (await source.query(text, values)) as R[];
  }

  function rebuild(args: string[], name = marquee.name): Promise<Ended> {
    const { kafkaBrokers, redisUrl } = sharedStack();
    const env = { KAFKA_BROKERS: kafkaBrokers, REDIS_URL: redisUrl, KAFKA_TOPIC_PREFIX: name };
    return runTool('rebuild', args, { ...env, DATABASE_URL: databaseUrl(name) });
  }

  /** Holds back the command at one session until it has waited long enough to tell how far it is. */
  async function heldBackAt<T>(id: string, command: () => Promise<T>): Promise<T> {
    const runner = source.createQueryRunner();
    await runner.startTransaction();
    await runner.query('SELECT FROM session_folds WHERE id = $1 FOR UPDATE', [id]);
    const running = command();
    try {
      await eventuallyPasses('it has waited for a while', async () =>
        expect(
          await sql(
            `SELECT FROM pg_stat_activity WHERE application_name = 'rebuild --from-log' AND wait_event_type = 'Lock'
               AND query_start < clock_timestamp() - ${PROGRESS_AFTER}`,
          ),
        ).toHaveLength(1),
      );
    } finally {
      await runner.rollbackTransaction();
      await runner.release();
    }
    return running;
  }

  const titleInRest = async (id: string) => {
    const answer = await fetch(`${marquee.query.url}/sessions/${id}`);
    return ((await answer.json()) as { data: { title: string } }).data.title;
  };

  it('mends sessions that somebody spoiled, beside a running service, and says which it could not', async () => {
    await sql('DELETE FROM session_log WHERE subject = $1', [forgotten]);
    await sql(`UPDATE sessions SET title = 'Nobody knows better' WHERE id = $1`, [forgotten]);
    const before = await rowsOf(source);
    const title = await titleInRest(renamed);

    await sql(`UPDATE sessions SET title = 'Spoiled' WHERE id = $1`, [renamed]);
    await sql(`UPDATE sessions SET status = 'live', ended_at = NULL, end_reason = NULL WHERE id = $1`, [revived]);
    await sql(`UPDATE session_folds SET fold = replace(fold, 'Show', 'Wrong') WHERE id = $1`, [refolded]);
    await sql('DELETE FROM room_claims WHERE session_id = $1', [claimless]);
    const spoiled = await rowsOf(source);
    expect(spoiled).not.toEqual(before);

    const named = (did: string) => `${did}: ${mended.join(' ')}\nlog not whole: ${forgotten}\n`;
    expect(await rebuild(['--from-log', '--dry-run'])).toEqual({
      code: 0,
      out: `245 right, 4 to be mended, 1 whose log is not whole\n${named('to be mended')}`,
      err: '',
    });
    expect(await rowsOf(source)).toEqual(spoiled);

    const { code, out, err } = await heldBackAt(ids[PAGES_OF_TWO - 1] ?? '', () => rebuild(['--from-log']));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^\[#+·+\]  80 % {2}200 of 250 sessions\n/);
    expect(out).toContain(`\n245 right, 4 mended, 1 whose log is not whole left as they are\n${named('mended')}`);
    expect(await rowsOf(source)).toEqual(before);
    await eventuallyPasses('it is shown as it was', async () => expect(await titleInRest(renamed)).toBe(title));

    const again = await rebuild(['--from-log']);
    expect(again).toEqual({
      code: 0,
      out: `249 right, 0 mended, 1 whose log is not whole left as they are\nlog not whole: ${forgotten}\n`,
      err: '',
    });
    expect(await rowsOf(source)).toEqual(before);
  });

  it('says how it is called, and what is wrong with a call', async () => {
    expect(await rebuild(['--help'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^npm run rebuild/) as string,
    });
    const wrong: [string[], string][] = [
      [[], 'one of --from-kafka and --from-log is needed'],
      [['--from-log', '--from-kafka'], 'one of --from-kafka and --from-log is needed'],
      [['--from-log', '--empty-first'], '--empty-first and --go-on are for --from-kafka'],
      [['--from-log', '--go-on'], '--empty-first and --go-on are for --from-kafka'],
      [['--from-kafka', '--dry-run'], '--dry-run is for --from-log'],
      [['--from-log', '--dry-runs'], "Unknown option '--dry-runs'"],
      [['--from-log', 'everything'], 'everything'],
    ];
    for (const [args, says] of wrong) {
      const { code, out, err } = await rebuild(args);
      expect({ args, code, out, says: err.split('\n\n')[0] }).toEqual({
        args,
        code: 2,
        out: '',
        says: expect.stringContaining(says) as string,
      });
      expect(err).toContain('npm run rebuild -- WAY');
    }
  });

  it('says what to do where there is no schema, and which database there is not', async () => {
    const empty = await throwawayDatabase(sharedStack().postgresUrl);
    try {
      expect(await rebuild(['--from-log'], empty.name)).toEqual({
        code: 1,
        out: '',
        err: expect.stringMatching(/^the schema is empty, this build needs .*`npm run migrate`\n$/) as string,
      });
    } finally {
      await empty.drop();
    }
    expect(await rebuild(['--from-log'], empty.name)).toEqual({
      code: 1,
      out: '',
      err: expect.stringContaining(`database "${empty.name}" does not exist`) as string,
    });
  });
});
