import { Readiness } from '#libs/service-host';
import { ConfigResourceTypes } from 'kafkajs';
import { GivenLifecycle } from './given-lifecycle';

describe('topics that are not kept as they should be', () => {
  let given: GivenLifecycle;
  beforeAll(async () => {
    given = await GivenLifecycle.make();
  });
  afterAll(() => given.close());

  it('are named in the details of readiness, and make nobody unready', async () => {
    const topics = [{ topic: given.topic('sessions'), numPartitions: 1 }];
    await given.admin.createTopics({ waitForLeaders: true, topics });
    await given.admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: given.topic('sessions'),
          configEntries: [
            { name: 'retention.ms', value: '3600000' },
            { name: 'message.timestamp.type', value: 'CreateTime' },
          ],
        },
      ],
    });
    const app = await given.service();
    const { ready, checks } = await app.get(Readiness).look();
    expect(ready).toBe(true);
    const wrong = checks.find(({ name }) => name === 'topics')?.['wrong'] as Record<string, string[]>;
    expect(wrong[given.topic('sessions')]).toEqual([
      expect.stringContaining('retention.ms keeps 1 hours: an outage of 72 (SURVIVED_OUTAGE_HOURS) loses events'),
      // The broker of the tests is alone.
      expect.stringContaining('it has 1 replicas'),
      expect.stringContaining('min.insync.replicas is 1'),
      expect.stringContaining('message.timestamp.type is CreateTime, not LogAppendTime'),
    ]);
    expect(wrong[given.topic('viewers')]).toHaveLength(2);
    expect(wrong[given.topic('directory')]).toHaveLength(2);
  });
});
