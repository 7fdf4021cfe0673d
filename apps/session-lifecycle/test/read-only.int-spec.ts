import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type PostgresServer, postgres } from '#tools/stack';
import { PinoLogger } from 'nestjs-pino';
import { Client } from 'pg';
import { eventuallyPasses } from '../../../test/given/eventually';
import { readinessOf } from '../../../test/given/operations';
import { event } from '../../../test/given/producer';
import { GivenLifecycle } from './given-lifecycle';

/** A Postgres of its own: that it takes no writes is said to the whole server. */
describe('a Postgres that is read-only', () => {
  const directory = mkdtempSync(join(tmpdir(), 'read-only-'));
  let server: PostgresServer;
  let given: GivenLifecycle;
  let app: NestFastifyApplication;
  let lines: string[];

  beforeAll(async () => {
    server = await postgres({ directory });
    await server.server.start();
    given = await GivenLifecycle.make(server.url);
    app = await given.service();
    await eventuallyPasses('each consumer has begun', async () =>
      expect(await given.sql('SELECT topic FROM ingest_progress')).toHaveLength(3),
    );
    lines = [];
    for (const level of ['warn', 'error', 'info'] as const) {
      jest.spyOn(PinoLogger.prototype, level).mockImplementation((...said: unknown[]) => {
        lines.push(`${level} ${JSON.stringify(said)}`);
      });
    }
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await takesWrites(true);
    await given?.close();
    await server?.server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function takesWrites(does: boolean): Promise<void> {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    await client.query(`ALTER SYSTEM SET default_transaction_read_only = ${does ? 'off' : 'on'}`);
    await client.query('SELECT pg_reload_conf()');
    await client.end();
  }

  const readiness = async () => {
    const { checks } = JSON.parse((await readinessOf(app)).text) as { checks: { name: string; ok: boolean }[] };
    return JSON.stringify(checks.filter(({ ok }) => !ok).map(({ name }) => name));
  };
  const about = (topic: string) => lines.filter((line) => line.includes(`"topic":"${topic}"`));

  it('parks what came, says so once, is steadily not ready, and goes on by itself', async () => {
    const id = randomUUID();
    await takesWrites(false);
    await given.send('sessions', event('session.started.v1', id, { title: 'Meanwhile', lease_seconds: 600 }));
    const seen = new Set<string>();
    await eventuallyPasses('it is parked', async () => expect(await readiness()).toBe('["postgres","kafka sessions"]'));
    // As long as several probes take, and every loop of the process runs several times.
    for (const until = Date.now() + 12_000; Date.now() < until;) seen.add(await readiness());
    expect([...seen]).toEqual(['["postgres","kafka sessions"]']);
    expect(about('sessions')).toHaveLength(1);
    expect(about('sessions')[0]).toMatch(/^warn .*read-only.*parked/);

    await takesWrites(true);
    await eventuallyPasses('it is recorded', async () => {
      const rows = await given.sql<{ status: string }>('SELECT status FROM sessions WHERE id = $1', [id]);
      expect(rows).toEqual([{ status: 'live' }]);
    });
    await eventuallyPasses('it is ready', async () => expect(await readiness()).toBe('[]'));
    expect(about('sessions')).toHaveLength(2);
    expect(about('sessions')[1]).toMatch(/^info .*not parked any more/);
    expect(await given.sql('SELECT reason FROM quarantine')).toEqual([]);
    await eventuallyPasses('each loop that failed has said once that it did, and once that it works', async () => {
      const of = (what: string) => lines.filter((line) => line.includes(what)).length;
      expect(of('periodic work succeeds again')).toBe(of('periodic work fails'));
    });
    // Of the topic two, of five loops two each, and one of the log that was out of sight.
    expect(lines.length).toBeLessThanOrEqual(13);
  });
});
