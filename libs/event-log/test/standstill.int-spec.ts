import type { Consumer } from 'kafkajs';
import { eventually } from '../../../test/given/eventually';
import { givenTopic } from './given-consumer';

describe('a consumer that stands still in front of records', () => {
  it('C21: is made anew, and goes on where it stood', async () => {
    const topic = await givenTopic();
    await topic.send(0, 'first');
    const consumer = topic.consumer({ groupId: topic.name, stuckAfterMs: 2000 });
    consumer.start();
    await eventually('the first is handled', async () => consumer.values.length === 1 || undefined);
    // As when kafkajs lost sight of the partition: it polls, its heart beats, and it fetches nothing.
    const { membership } = consumer as unknown as { membership: { consumer: Consumer } };
    membership.consumer.pause([{ topic: topic.name }]);
    await topic.send(0, 'second');
    await eventually('the second is handled', async () => consumer.values.includes('second') || undefined);
    expect(consumer.values.filter((value) => value === 'second')).toHaveLength(1);
    expect(consumer.status()).toMatchObject({ stuck: 1, restarts: 1 });
    expect(consumer.logged.join()).toContain('partition 0 stands still at 1, before 2');
    await topic.close();
  });

  it('is left alone where there is nothing to be had', async () => {
    const topic = await givenTopic();
    await topic.send(0, 'only');
    const consumer = topic.consumer({ groupId: topic.name, stuckAfterMs: 500 });
    consumer.start();
    await eventually('it is handled', async () => consumer.values.length === 1 || undefined);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(consumer.status()).toMatchObject({ stuck: 0, restarts: 0, state: 'polling' });
    await topic.close();
  });
});
