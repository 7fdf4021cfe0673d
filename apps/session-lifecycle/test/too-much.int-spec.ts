import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { eventuallyPasses } from '../../../test/given/eventually';
import { metricsOf } from '../../../test/given/operations';
import { event } from '../../../test/given/producer';
import { GivenLifecycle } from './given-lifecycle';

describe('what is too much at once', () => {
  let given: GivenLifecycle;
  let app: NestFastifyApplication;
  beforeAll(async () => {
    given = await GivenLifecycle.make();
    app = await given.service();
  });
  afterAll(() => given.close());

  const metric = async (line: string): Promise<number> => {
    return Number(
      (await metricsOf(app))
        .split('\n')
        .find((one) => one.startsWith(line))
        ?.split(' ')
        .at(-1) ?? 0,
    );
  };
  const statuses = async (ids: string[]) =>
    given.sql<{ id: string; status: string }>('SELECT id, status FROM sessions WHERE id = ANY($1) AND listed', [ids]);

  /** Lets Postgres refuse a statement that writes more rows of a table than a limit, as a limit of ours does. */
  async function refuse(name: string, condition: string): Promise<() => Promise<unknown>> {
    await given.sql(
      `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF ${condition} THEN RAISE EXCEPTION 'canceling statement due to statement timeout' USING ERRCODE = '57014'; END IF;
         RETURN NULL; END $$`,
    );
    // A trigger sees the rows of a statement only if it is for one kind of statement.
    for (const kind of ['insert', 'update']) {
      await given.sql(
        `CREATE TRIGGER ${name}_${kind} AFTER ${kind} ON sessions REFERENCING NEW TABLE AS written
         FOR EACH STATEMENT EXECUTE FUNCTION ${name}()`,
      );
    }
    return () => given.sql(`DROP TRIGGER ${name}_insert ON sessions; DROP TRIGGER ${name}_update ON sessions`);
  }

  it('is taken in smaller parts, in order, and nothing of it is lost or quarantined', async () => {
    const heal = await refuse('too_many', '(SELECT count(*) FROM written) > 12');
    const ids = Array.from({ length: 150 }, () => randomUUID());
    const starts = ids.map((id) => event('session.started.v1', id, { title: 'Crowded' }));
    await given.send('sessions', ...starts);
    await eventuallyPasses('all are live', async () => expect(await statuses(ids)).toHaveLength(ids.length));
    expect(await given.sql('SELECT reason FROM quarantine')).toEqual([]);
    expect(await metric('marquee_ingest_too_much_total{topic="sessions"}')).toBeGreaterThan(0);
    expect(await metric('marquee_consumer_restarts{topic="sessions"}')).toBe(0);
    expect(await metric('marquee_consumer_parked_seconds{topic="sessions"}')).toBe(0);
    await heal();
  });

  it('is quarantined as our bug when it is one message, and its neighbours go on', async () => {
    const odd = randomUUID();
    const heal = await refuse('too_odd', `EXISTS (SELECT FROM written WHERE id = '${odd}')`);
    const others = [randomUUID(), randomUUID()];
    const start = (id: string) => event('session.started.v1', id, { title: 'Crowded' });
    await given.send('sessions', start(others[0] ?? ''), start(odd), start(others[1] ?? ''));
    await eventuallyPasses('the others are live', async () => expect(await statuses(others)).toHaveLength(2));
    await eventuallyPasses('the one is in quarantine', async () =>
      expect(await given.sql('SELECT reason, error FROM quarantine')).toEqual([
        { reason: 'bug', error: 'canceling statement due to statement timeout' },
      ]),
    );
    await heal();
  });

  it('alarms where somebody else keeps an offset from being passed, and parks without a word more than once', async () => {
    const id = randomUUID();
    await given.send('sessions', event('session.started.v1', id, { title: 'Locked', lease_seconds: 600 }));
    await eventuallyPasses('it is live', async () => expect(await statuses([id])).toHaveLength(1));
    const holder = given.source.createQueryRunner();
    await holder.startTransaction();
    await holder.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [id]);
    await given.send('sessions', event('session.ended.v1', id, {}));
    await eventuallyPasses(
      'it alarms',
      async () => {
        expect(await metricsOf(app)).toMatch(/marquee_ingest_tries_in_vain{topic="sessions"} ([5-9]|\d\d)/);
      },
      90_000,
    );
    expect((await app.inject('/health/ready')).json()).toMatchObject({ status: 'unavailable' });
    await holder.rollbackTransaction();
    await holder.release();
    await eventuallyPasses('it is ended', async () => expect(await statuses([id])).toEqual([{ id, status: 'ended' }]));
    await eventuallyPasses('it is ready', async () => expect((await app.inject('/health/ready')).statusCode).toBe(200));
    expect(await metric('marquee_ingest_tries_in_vain{topic="sessions"}')).toBe(0);
    expect(await given.sql(`SELECT FROM quarantine WHERE reason = 'bug'`)).toHaveLength(1);
  });
});
