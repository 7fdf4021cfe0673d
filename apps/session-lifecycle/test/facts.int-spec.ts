import { randomUUID } from 'node:crypto';
import { FactsReader } from '#libs/service-host';
import { eventuallyPasses } from '../../../test/given/eventually';
import { event } from '../../../test/given/producer';
import { GivenLifecycle } from './given-lifecycle';

describe('what a lifecycle process says of itself', () => {
  let given: GivenLifecycle;
  let reader: FactsReader;
  beforeAll(async () => {
    given = await GivenLifecycle.make();
    reader = new FactsReader({ redisUrl: process.env['REDIS_URL'] ?? '', tag: given.name });
    await given.service({ MAINTENANCE_EVERY_SECONDS: '1' });
  });
  afterAll(async () => {
    reader.close();
    await given.close();
  });

  const facts = async () => (await reader.read()).processes.find(({ service }) => service === 'session-lifecycle');

  it('has its topics and partitions, what it does for all, and how fresh the projection is', async () => {
    await eventuallyPasses('it says so', async () => {
      await given.send('sessions', event('session.started.v1', randomUUID(), { title: 'On air' }));
      await given.sendRaw('sessions', 'no JSON');
      const said = await facts();
      expect(said).toMatchObject({ ready: true, is_cut: false });
      expect(said?.lifecycle).toMatchObject({
        is_watchdog: true,
        is_maintenance: true,
        projection: { is_stale: false },
        outbox: { rows: expect.any(Number) as unknown },
      });
      expect(said?.lifecycle?.fresh_age_ms).toBeLessThan(5000);
      expect(said?.lifecycle?.watermark_age_ms).not.toBeNull();
      const sessions = said?.lifecycle?.topics.find(({ topic }) => topic === given.topic('sessions'));
      expect(sessions).toMatchObject({ consumer: 'polling', paused: null, parked_since: null });
      expect(sessions?.records_per_second).toBeGreaterThan(0);
      expect(sessions?.quarantined_per_second).toBeGreaterThan(0);
      expect(sessions?.projected_p99_ms).toBeGreaterThan(0);
      const own = said?.lifecycle?.partitions.filter((one) => one.is_own) ?? [];
      expect(own.map(({ topic }) => topic)).toContain(given.topic('sessions'));
    });
  });

  it('has why a topic stands still', async () => {
    await given.sql('INSERT INTO topic_pauses (topic, why) VALUES ($1, $2)', [
      given.topic('viewers'),
      'most sources storm',
    ]);
    await eventuallyPasses('it says so', async () => {
      const topics = (await facts())?.lifecycle?.topics ?? [];
      expect(topics.find(({ topic }) => topic === given.topic('viewers'))).toMatchObject({
        paused: 'most sources storm',
      });
    });
  });
});
