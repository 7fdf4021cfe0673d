import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, startStack } from '#tools/stack';
import { eventuallyPasses } from './given/eventually';
import { LiveClient } from './given/live-client';
import { Marquee } from './given/marquee';
import { ForeignProducer, event } from './given/producer';

const RECOVERS_WITHIN_MS = 90_000;

describe('a restart of Kafka, Postgres and Redis under running services', () => {
  const directory = mkdtempSync(join(tmpdir(), 'marquee-restart-'));
  let stack: Stack;
  let marquee: Marquee;
  let client: LiveClient;

  beforeAll(async () => {
    chmodSync(directory, 0o755);
    stack = await startStack({ directory });
    marquee = await Marquee.on(stack);
    await marquee.start();
    client = new LiveClient(marquee.gateway.url, { limit: 200 });
  });

  afterAll(async () => {
    client?.close();
    await marquee?.close();
    await stack?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function givenLive(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => randomUUID());
    const producer = new ForeignProducer(marquee);
    await producer.connect();
    await producer.send('sessions', ...ids.map((id) => event('session.started.v1', id, { title: 'On air' })));
    await producer.close();
    return ids;
  }

  async function expectLiveEverywhere(ids: string[]): Promise<void> {
    await eventuallyPasses(
      `${ids.length} sessions are live everywhere`,
      async () => {
        const answer = await fetch(`${marquee.query.url}/sessions/live?limit=100`);
        const { data } = (await answer.json()) as { data: { sessions: { id: string }[] } };
        expect(data.sessions.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
        expect([...client.held.keys()]).toEqual(expect.arrayContaining(ids));
        for (const service of marquee.services) expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
      },
      RECOVERS_WITHIN_MS,
    );
  }

  it('by kill -9 loses nothing, and no service ends', async () => {
    const pids = marquee.services.map(({ pid }) => pid);
    const before = await givenLive(5);
    await expectLiveEverywhere(before);

    for (const server of stack.servers) await server.stop('SIGKILL');
    await eventuallyPasses('readiness tells that they are away', async () => {
      expect((await fetch(`${marquee.lifecycle.url}/health/ready`)).status).toBe(503);
    });
    await Promise.all(stack.servers.map((server) => server.start()));

    const after = await givenLive(5);
    await expectLiveEverywhere([...before, ...after]);
    expect(marquee.services.map(({ pid }) => pid)).toEqual(pids);
    const { length } = await marquee.sql('SELECT 1 FROM quarantine');
    expect(length).toBe(0);
  });
});
