import { randomUUID } from 'node:crypto';
import { TopicPauses } from '#libs/session-store';
import { eventuallyPasses } from '../../../test/given/eventually';
import { readinessOf } from '../../../test/given/operations';
import { event } from '../../../test/given/producer';
import { GivenLifecycle } from './given-lifecycle';

describe('a storm of unreadable records', () => {
  let given: GivenLifecycle;
  beforeAll(async () => {
    given = await GivenLifecycle.make();
  });
  afterAll(() => given.close());

  const quarantined = async () => {
    const [row] = await given.sql<{ count: number }>('SELECT count(*)::int AS count FROM quarantine');
    return row?.count ?? 0;
  };
  const isRecorded = async (id: string) => (await given.sql('SELECT FROM sessions WHERE id = $1', [id])).length === 1;

  it('pauses its topic for all processes until a person resumes it, and no other topic', async () => {
    const app = await given.service();
    const standsStill = async (service: typeof app) => {
      const { status, text } = await readinessOf(service);
      expect(status).toBe(503);
      expect(text).toContain('records within 10 s cannot be taken');
    };
    const [room, good] = [randomUUID(), randomUUID()];
    await given.sendRaw('sessions', ...Array.from({ length: 25 }, () => 'from a bad deploy'));
    await given.send('sessions', event('session.started.v1', good, { title: 'Waits behind' }));
    await eventuallyPasses('the topic stands still', () => standsStill(app));
    await given.send('directory', event('room.changed.v1', room, { title: 'Goes on' }));
    await eventuallyPasses('another topic goes on', async () =>
      expect(await given.sql('SELECT FROM reference_data WHERE id = $1', [room])).toHaveLength(1),
    );
    expect(await quarantined()).toBeLessThanOrEqual(20);
    expect(await isRecorded(good)).toBe(false);

    // A process that starts now holds back as well.
    await given.stop(app);
    const next = await given.launch();
    await eventuallyPasses('the topic still stands still', () => standsStill(next));
    expect(await isRecorded(good)).toBe(false);

    const pauses = new TopicPauses(given.source);
    expect(await pauses.resume(given.topic('sessions'), 60_000)).toBe(true);
    expect(await pauses.resume(given.topic('sessions'), 60_000)).toBe(false);
    await eventuallyPasses('all of it is taken', async () => {
      expect(await quarantined()).toBe(25);
      expect(await isRecorded(good)).toBe(true);
    });
  });
});
