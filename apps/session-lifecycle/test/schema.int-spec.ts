import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { migrate } from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import { eventuallyPasses } from '../../../test/given/eventually';
import { readinessOf } from '../../../test/given/operations';
import { event } from '../../../test/given/producer';
import { GivenLifecycle } from './given-lifecycle';

describe('a schema that is not as the service needs it', () => {
  let given: GivenLifecycle;
  let lines: string[];

  beforeEach(async () => {
    given = await GivenLifecycle.make();
    lines = [];
    for (const level of ['debug', 'warn', 'error', 'info'] as const) {
      jest.spyOn(PinoLogger.prototype, level).mockImplementation((...said: unknown[]) => {
        const [{ err } = {}] = said as [{ err?: Error }?];
        lines.push(`${level} ${err?.message ?? ''} ${JSON.stringify(said)}`);
      });
    }
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await given.close();
  });

  const about = (text: string) => lines.filter((line) => line.includes(text));
  const takes = async (app: NestFastifyApplication) => {
    await eventuallyPasses('it is ready', async () => expect((await app.inject('/health/ready')).statusCode).toBe(200));
    const id = randomUUID();
    await given.send('sessions', event('session.started.v1', id, { title: 'On air' }));
    await eventuallyPasses('it is recorded', async () =>
      expect(await given.sql('SELECT status FROM sessions WHERE id = $1', [id])).toEqual([{ status: 'live' }]),
    );
  };

  it('is waited for while it is empty, said once, and goes on by itself when it was migrated', async () => {
    await given.sql('DROP SCHEMA public CASCADE');
    await given.sql('CREATE SCHEMA public');
    const app = await given.launch();
    const says = 'the schema is empty, this build needs';
    const said = (level: string) => about(says).filter((line) => line.startsWith(level));
    await eventuallyPasses('it says why it is not ready', async () =>
      expect((await readinessOf(app)).text).toContain(says),
    );
    await eventuallyPasses('it has tried several times', () => {
      expect(said('debug').length).toBeGreaterThan(1);
      return Promise.resolve();
    });
    expect(await given.sql(`SELECT to_regclass('sessions') AS sessions`)).toEqual([{ sessions: null }]);
    await migrate(given.source);
    await takes(app);
    expect(said('warn')).toEqual([expect.stringContaining('npm run migrate')]);
  });

  it('is not written where a newer build says that builds like this one must not', async () => {
    await given.sql(
      `INSERT INTO migrations (timestamp, name, compatible_from) VALUES (1999000000000, 'Newer1999000000000', 1999000000000)`,
    );
    const app = await given.launch();
    await eventuallyPasses('it says why it is not ready', async () =>
      expect((await readinessOf(app)).text).toContain('start a newer build'),
    );
    expect((await app.inject('/health/ready')).statusCode).toBe(503);
    expect(about('start a newer build').filter((line) => line.startsWith('warn'))).toHaveLength(1);
    await given.sql(`UPDATE migrations SET compatible_from = 0`);
    await takes(app);
  });
});
