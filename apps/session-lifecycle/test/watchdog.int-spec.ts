import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { eventuallyPasses } from '../../../test/given/eventually';
import { metricsOf } from '../../../test/given/operations';
import { event } from '../../../test/given/producer';
import { GivenLifecycle } from './given-lifecycle';

describe('the watchdog', () => {
  let given: GivenLifecycle;
  beforeAll(async () => {
    given = await GivenLifecycle.make();
  });
  afterAll(() => given.close());

  const statusOf = async (id: string) => {
    const [row] = await given.sql<{ status: string; health: string | null; end_reason: string | null }>(
      'SELECT status, health, end_reason FROM sessions WHERE id = $1',
      [id],
    );
    return row;
  };
  const post = async () => {
    const [row] = await given.sql<{ holder: string; looked_at: Date; sighted_at: Date }>('SELECT * FROM watch_post');
    if (!row) throw new Error('nobody has held the post');
    return row;
  };
  const isHolder = async (app: NestFastifyApplication) => (await metricsOf(app)).includes('marquee_watchdog_holder 1');

  it('ends who is silent for longer than the lease, and says before that the signal is lost', async () => {
    await given.service();
    // Before that nobody with such a lease is looked at: the look that finds it reconnecting could come too late.
    await eventuallyPasses('it has had sight for a whole lease', async () => {
      const { looked_at: lookedAt, sighted_at: sightedAt } = await post();
      expect(lookedAt.getTime() - sightedAt.getTime()).toBeGreaterThanOrEqual(5000);
    });
    const [id, behind] = [randomUUID(), randomUUID()];
    const time = new Date(Date.now() - 120_000).toISOString();
    await given.send(
      'sessions',
      event('session.started.v1', id, { title: 'Breaks off', lease_seconds: 5 }),
      event('session.started.v1', behind, { title: 'Of a slow clock', lease_seconds: 5 }, { time }),
    );
    await eventuallyPasses('they are reconnecting, whatever their clocks say', async () =>
      expect([await statusOf(id), await statusOf(behind)]).toMatchObject([
        { status: 'live', health: 'reconnecting' },
        { status: 'live', health: 'reconnecting' },
      ]),
    );
    await eventuallyPasses('it is lost', async () =>
      expect(await statusOf(id)).toEqual({ status: 'ended', health: null, end_reason: 'lost' }),
    );
    await given.send('sessions', event('session.heartbeat.v1', id));
    await eventuallyPasses('a newer signal revives it', async () =>
      expect(await statusOf(id)).toMatchObject({ status: 'live', health: 'ok' }),
    );
  });

  it('C2: ends nobody because Kafka was away: all get a whole lease to be heard again', async () => {
    const [leased, brief] = [randomUUID(), randomUUID()];
    // The log is out of sight until further notice, and has been for ten minutes.
    await given.sql(`UPDATE watch_post SET holder = 'another', held_until = now() + interval '1 hour'`);
    const time = new Date(Date.now() - 700_000).toISOString();
    await given.send('sessions', event('session.started.v1', leased, { title: 'Long', lease_seconds: 600 }, { time }));
    await given.send('sessions', event('session.started.v1', brief, { title: 'Brief', lease_seconds: 5 }, { time }));
    await eventuallyPasses('they are live', async () =>
      expect([await statusOf(leased), await statusOf(brief)]).toMatchObject([{ status: 'live' }, { status: 'live' }]),
    );
    await given.sql(`UPDATE watch_post SET looked_at = now() - interval '10 minutes', held_until = '-infinity'`);
    await eventuallyPasses('who has a short lease is lost once that has passed', async () =>
      expect(await statusOf(brief)).toMatchObject({ status: 'ended', end_reason: 'lost' }),
    );
    const { looked_at: lookedAt, sighted_at: sightedAt } = await post();
    expect(lookedAt.getTime() - sightedAt.getTime()).toBeGreaterThanOrEqual(5000);
    expect(await statusOf(leased)).toMatchObject({ status: 'live', health: 'ok' });

    await given.sql(`UPDATE watch_post SET sighted_at = now() - interval '601 seconds'`);
    await eventuallyPasses('the long one is lost in the end', async () =>
      expect(await statusOf(leased)).toMatchObject({ status: 'ended', end_reason: 'lost' }),
    );
  });

  it('keeps the log in sight while it is at work: nobody gets another lease for that', async () => {
    const silent = randomUUID();
    await given.send('sessions', event('session.started.v1', silent, { title: 'Silent', lease_seconds: 5 }));
    await eventuallyPasses('it is live', async () => expect(await statusOf(silent)).toMatchObject({ status: 'live' }));
    const before = await post();
    const holder = given.source.createQueryRunner();
    await holder.startTransaction();
    // Ending it takes as long as its row is held: longer than the log may be out of sight.
    await holder.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [silent]);
    try {
      await eventuallyPasses('it looks at the log meanwhile', async () => {
        const waiting = await given.sql(
          `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        );
        expect(waiting.length).toBeGreaterThan(0);
      });
      const begun = await post();
      await eventuallyPasses('for longer than it would be blind', async () =>
        expect((await post()).looked_at.getTime() - begun.looked_at.getTime()).toBeGreaterThan(3500),
      );
    } finally {
      await holder.rollbackTransaction();
      await holder.release();
    }
    await eventuallyPasses('it is lost', async () =>
      expect(await statusOf(silent)).toMatchObject({ status: 'ended', end_reason: 'lost' }),
    );
    expect((await post()).sighted_at).toEqual(before.sighted_at);
  });

  it('is held by one process, and taken over by another', async () => {
    const other = await GivenLifecycle.make();
    try {
      const first = await other.service();
      await eventuallyPasses('the first holds it', async () => expect(await isHolder(first)).toBe(true));
      const second = await other.service();
      expect(await isHolder(second)).toBe(false);
      await other.stop(first);
      await eventuallyPasses('the second has it', async () => expect(await isHolder(second)).toBe(true));
      const id = randomUUID();
      await other.send('sessions', event('session.started.v1', id, { title: 'Breaks off', lease_seconds: 5 }));
      await eventuallyPasses('it ends who is silent', async () => {
        const [row] = await other.sql<{ end_reason: string }>('SELECT end_reason FROM sessions WHERE id = $1', [id]);
        expect(row?.end_reason).toBe('lost');
      });
    } finally {
      await other.close();
    }
  });
});
