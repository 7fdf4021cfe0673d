import { eventually } from '../../../test/given/eventually';
import { type GivenConsumer, givenTopic } from './given-consumer';

class Outage extends Error {}

describe('where a member begins', () => {
  it('is asked for after the join, as often as it cannot be told, before anything is handled', async () => {
    const topic = await givenTopic({ partitions: 2 });
    await topic.send(0, 'a0', 'a1', 'a2');
    await topic.send(1, 'b0', 'b1', 'b2');
    const first = topic.consumer({ groupId: topic.name });
    first.start();
    await eventually('everything is handled', async () => first.values.length === 6 || undefined);
    await eventually('everything is committed', async () => (await topic.committed(topic.name)) === '3,3' || undefined);
    await first.stop();

    const asked: number[][] = [];
    const second: GivenConsumer = topic.consumer({
      groupId: topic.name,
      startAt: async (partitions) => {
        asked.push(partitions);
        expect(second.values).toEqual([]);
        if (asked.length < 3) throw new Outage('the record is away');
        return [{ partition: 1, offset: '1' }];
      },
      isOutage: (error) => error instanceof Outage,
    });
    second.start();
    await eventually('it was parked', async () => second.status().parkReason === 'the record is away' || undefined);
    await topic.send(0, 'a3');
    await eventually('it goes on', async () => second.values.length === 3 || undefined);
    await eventually('all is committed', async () => (await topic.committed(topic.name)) === '4,3' || undefined);
    expect([...second.values].sort()).toEqual(['a3', 'b1', 'b2']);
    expect(asked).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
    expect(second.status()).toMatchObject({ state: 'polling', restarts: 0, partitions: [0, 1], parkReason: null });
    expect(second.status().positions).toEqual({ 0: '4', 1: '3' });
    expect(second.status().parkedMs).toBeGreaterThan(0);
    await second.stop();
    await topic.close();
  });
});
