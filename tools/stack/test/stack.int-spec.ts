import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Redis from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { RunFile, Server, type Stack, startStack } from '../src';

const KEY = randomBytes(8).toString('hex');

async function leaveTraces({ kafkaBrokers, postgresUrl, redisUrl }: Stack): Promise<void> {
  const admin = new Kafka({ brokers: [kafkaBrokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic: KEY, numPartitions: 2 }] });
  await admin.disconnect();
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  await client.query(`CREATE TABLE t_${KEY} AS SELECT 42 AS n`);
  await client.end();
  const redis = new Redis(redisUrl);
  await redis.set(KEY, 42);
  redis.disconnect();
}

async function traces({ kafkaBrokers, postgresUrl, redisUrl }: Stack) {
  const admin = new Kafka({ brokers: [kafkaBrokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = await admin.listTopics();
  await admin.disconnect();
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  const { rows } = await client.query(`SELECT n FROM t_${KEY}`);
  await client.end();
  const redis = new Redis(redisUrl);
  const value = await redis.get(KEY);
  redis.disconnect();
  return { topic: topics.includes(KEY), rows: rows as unknown[], value };
}

describe('the stack without Docker', () => {
  const directory = mkdtempSync(join(tmpdir(), 'marquee-stack-'));
  let stack: Stack | undefined;

  afterAll(async () => {
    await stack?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('keeps addresses, and all data but that of Redis, over an orderly stop, a kill -9 of every server, and orphans of a killed parent', async () => {
    stack = await startStack({ directory });
    const first = stack;
    await leaveTraces(stack);
    await stack.stop();

    stack = await startStack({ directory });
    expect(stack).toMatchObject({
      kafkaBrokers: first.kafkaBrokers,
      postgresUrl: first.postgresUrl,
      redisUrl: first.redisUrl,
    });
    expect(await traces(stack)).toEqual({ topic: true, rows: [{ n: 42 }], value: null });

    await Promise.all(stack.servers.map((server) => server.stop('SIGKILL')));
    const [kafka, postgres, redis] = stack.servers;
    await Promise.all([kafka?.start(), postgres?.start(), redis?.start()]);
    expect(await traces(stack)).toEqual({ topic: true, rows: [{ n: 42 }], value: null });

    const file = join(directory, 'run.json');
    const parent = new RunFile(file);
    for (const { name, pid } of stack.servers) if (pid !== undefined) parent.add(name, pid);
    expect(await new RunFile(file).endOrphans()).toEqual(['redis', 'postgres', 'kafka']);
    // They have ended; this process hears of it a moment later. One that goes on runs into the test's limit.
    while (stack.servers.some((server) => server.isRunning())) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(stack.servers.map(({ pid }) => pid)).toEqual([undefined, undefined, undefined]);
  });

  it('leaves nothing running when one of its servers cannot start', async () => {
    const broken = join(directory, 'broken');
    const started: Server[] = [];
    mkdirSync(join(broken, 'postgres', 'data'), { recursive: true });
    mkdirSync(join(broken, 'postgres', 'data', 'PG_VERSION'));
    await expect(
      startStack({
        directory: broken,
        given: { kafkaBrokers: 'not:used' },
        onStarted: (server) => started.push(server),
      }),
    ).rejects.toThrow(/postgres ended while starting/);
    expect(started.some((server) => server.isRunning())).toBe(false);
  });

  it('never ends a process that only has the pid of an orphan', async () => {
    const file = join(directory, 'strangers.json');
    const server = new Server({
      name: 'stranger',
      command: process.execPath,
      args: ['-e', 'setInterval(() => {}, 1000)'],
      logFile: join(directory, 'stranger.log'),
      isUp: async () => true,
    });
    await server.start();
    const { writeFileSync } = await import('node:fs');
    writeFileSync(file, JSON.stringify([{ name: 'kafka', pid: server.pid, command: 'something else' }]));
    expect(await new RunFile(file).endOrphans()).toEqual([]);
    expect(server.isRunning()).toBe(true);
    await server.stop();
  });
});
