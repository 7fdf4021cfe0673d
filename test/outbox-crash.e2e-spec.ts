import { randomUUID } from 'node:crypto';
import Redis from 'ioredis';
import { Client } from 'pg';
import { eventually, eventuallyPasses } from './given/eventually';
import { Marquee, sharedStack } from './given/marquee';
import { ForeignProducer, event } from './given/producer';
import type { Service } from './given/service';

const LOCK = 4711;
/** Where a process stops, until the test goes on: for each a trigger that waits for a lock of the test's. */
const PLACES = {
  'before its commit': `CREATE TRIGGER stop AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION stop_here()`,
  'after its commit, before Redis knows': `CREATE CONSTRAINT TRIGGER stop AFTER INSERT ON outbox DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION stop_here()`,
  'after Redis knows, before it has deleted the row': `CREATE TRIGGER stop BEFORE DELETE ON outbox FOR EACH STATEMENT EXECUTE FUNCTION stop_here()`,
};

describe('a lifecycle process that is killed', () => {
  let marquee: Marquee;
  let producer: ForeignProducer;
  let redis: Redis;
  let processes: Service[];
  let holder: Client;

  beforeAll(async () => {
    // What is found here was found by the outbox, not by comparing everything.
    marquee = await Marquee.on(sharedStack(), {
      RECONCILE_EVERY_SECONDS: '86400',
      KAFKA_PARTITIONS_SESSIONS: '1',
      KAFKA_PARTITIONS_VIEWERS: '1',
    });
    redis = new Redis(marquee.on.redisUrl);
    processes = [marquee.lifecycle, await marquee.another('session-lifecycle')];
    for (const one of processes) await one.start();
    producer = new ForeignProducer(marquee);
    await producer.connect();
    await marquee.sql(`CREATE FUNCTION stop_here() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM pg_advisory_xact_lock_shared(${LOCK}); RETURN NULL; END'`);
    const [database] = await marquee.sql<{ name: string }>('SELECT current_database() AS name');
    const url = Object.assign(new URL(marquee.on.postgresUrl), { pathname: `/${database?.name}` });
    holder = new Client({ connectionString: url.href });
    await holder.connect();
  });
  afterAll(async () => {
    await holder?.end();
    await producer?.close();
    await Promise.all((processes ?? []).map((one) => one.stop('SIGKILL')));
    redis?.disconnect();
    await marquee?.close();
  });

  /** Of the two, the one that reads the sessions. */
  async function reader(): Promise<Service> {
    return eventually('one of them reads the sessions', async () => {
      const says = await Promise.all(
        processes.map(async (one) => (await fetch(`${one.operationsUrl}/metrics`)).text()),
      );
      return processes.find((_, n) => /^marquee_consumer_partitions\{topic="sessions"\} 1$/m.test(says[n] ?? ''));
    });
  }

  const meta = (field: string) => redis.hget(`{${marquee.name}}:meta`, field);

  async function expectEqual(): Promise<void> {
    const rows = await marquee.sql<{ id: string; version: string }>(
      `SELECT id, version FROM sessions WHERE listed AND status IN ('scheduled', 'live')`,
    );
    const held = await redis.hgetall(`{${marquee.name}}:${await meta('epoch')}:sessions`);
    const versions = Object.fromEntries(Object.entries(held).map(([id, text]) => [id, text.split(' ')[0]]));
    expect(versions).toEqual(Object.fromEntries(rows.map(({ id, version }) => [id, version])));
    expect(await marquee.sql('SELECT FROM outbox')).toEqual([]);
  }

  it.each(Object.entries(PLACES))('%s leaves nothing untold, and needs no rebuild', async (_, trigger) => {
    const [open, over] = [randomUUID(), randomUUID()];
    await producer.send('sessions', event('session.started.v1', over, { title: 'It ends' }));
    await eventuallyPasses('it is told', async () => {
      expect(await redis.hexists(`{${marquee.name}}:${await meta('epoch')}:sessions`, over)).toBe(1);
      await expectEqual();
    });
    const epoch = await meta('epoch');
    const killed = await reader();

    await holder.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await marquee.sql(trigger);
    await producer.send(
      'sessions',
      event('session.started.v1', open, { title: 'On air' }),
      event('session.ended.v1', over, {}),
    );
    await eventuallyPasses('it has come to this place', async () =>
      expect(
        await marquee.sql(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`,
        ),
      ).not.toEqual([]),
    );
    await killed.stop('SIGKILL');
    await holder.query('SELECT pg_advisory_unlock($1)', [LOCK]);
    await marquee.sql('DROP TRIGGER stop ON outbox');

    await eventuallyPasses('the other one has told it', async () => {
      const states = await marquee.sql(`SELECT id, status FROM sessions WHERE id = ANY($1) ORDER BY status`, [
        [open, over],
      ]);
      expect(states).toEqual([
        { id: over, status: 'ended' },
        { id: open, status: 'live' },
      ]);
      await expectEqual();
    });
    expect(await meta('epoch')).toBe(epoch);
    await killed.start();
  });
});
