import { randomUUID } from 'node:crypto';
import { eventuallyPasses } from '../../../test/given/eventually';
import { event } from '../../../test/given/producer';
import { GivenLifecycle } from './given-lifecycle';

const PARTITIONS = 12;

describe('counts that cannot be written for a while', () => {
  let given: GivenLifecycle;
  beforeAll(async () => {
    given = await GivenLifecycle.make();
    await given.service({ KAFKA_PARTITIONS_VIEWERS: String(PARTITIONS) });
  });
  afterAll(() => given.close());

  const waiting = async () => {
    const [row] = await given.sql<{ waiting: number }>(
      `SELECT count(*)::integer AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return row?.waiting ?? 0;
  };

  it('hold up no start, and are all written afterwards', async () => {
    const holder = given.source.createQueryRunner();
    await holder.startTransaction();
    await holder.query('LOCK TABLE session_counts IN EXCLUSIVE MODE');
    const counted = Array.from({ length: 40 }, () => randomUUID());
    for (const id of counted) await given.send('viewers', event('viewers.counted.v1', id, { viewer_count: 7 }));
    await eventuallyPasses('counts wait for the lock', async () => expect(await waiting()).toBeGreaterThan(0));

    const started = randomUUID();
    await given.send('sessions', event('session.started.v1', started, { title: 'On air' }));
    const status = () => given.sql('SELECT status FROM sessions WHERE id = $1', [started]);
    await eventuallyPasses('it is live', async () => expect(await status()).toEqual([{ status: 'live' }]));
    expect(await waiting()).toBeGreaterThan(0);
    const [row] = await given.sql<{ connections: number }>(
      `SELECT count(*)::integer AS connections FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'session-lifecycle%'`,
    );
    expect(row?.connections).toBeLessThanOrEqual(12);

    await holder.rollbackTransaction();
    await holder.release();
    await eventuallyPasses('all are counted', async () =>
      expect(await given.sql('SELECT FROM session_counts WHERE session_id = ANY($1)', [counted])).toHaveLength(40),
    );
    expect(await given.sql('SELECT FROM quarantine')).toEqual([]);
  });
});
