import { eventually } from '../../../test/given/eventually';
import { KafkaWay } from '../../../test/given/kafka-way';
import { type GivenConsumer, type GivenTopic, givenTopic } from './given-consumer';

const FETCH = 1;
const { KAFKA_BROKERS = '' } = process.env;

describe('batches that are damaged between a real broker and the consumer', () => {
  let way: KafkaWay;
  let topic: GivenTopic;
  // The first group of a broker may find no coordinator yet, and its consumer is made anew for that.
  beforeAll(async () => {
    const first = await givenTopic();
    await first.send(0, 'warm');
    const consumer = first.consumer();
    consumer.start();
    await eventually('the broker has groups', async () => consumer.values.length === 1 || undefined);
    await first.close();
  });
  beforeEach(async () => {
    way = await KafkaWay.listen(KAFKA_BROKERS.split(',')[0] ?? '');
    topic = await givenTopic();
    await topic.send(0, 'a0', 'a1');
    await topic.send(0, 'bad 2', 'bad 3', 'bad 4');
    await topic.send(0, 'c5');
  });
  afterEach(async () => {
    await topic.close();
    await way.close();
  });

  const consumerByTheWay = () => {
    const consumer = topic.consumer({ groupId: topic.name, brokers: [way.address], compacted: false });
    consumer.start();
    return consumer;
  };
  const said = ({ slices }: GivenConsumer) =>
    slices.flatMap(({ records }) =>
      records.map(({ offset, value, unreadable }) =>
        unreadable ? `lost ${unreadable.firstOffset} to ${unreadable.lastOffset}` : `${offset} ${String(value)}`,
      ),
    );
  /** Changes the batch that has the bad ones, wherever it is in the answer of a fetch. */
  const spoiling = (change: (batch: Buffer) => void, times = Infinity) => {
    let left = times;
    way.onAnswer = ({ api, answer }) => {
      const at = answer.indexOf('bad 2');
      if (api !== FETCH || at < 0 || left <= 0) return answer;
      left -= 1;
      // 61 bytes of the batch's header, and of the record its length, attributes, time, offset, key, value length.
      const header = answer.lastIndexOf(Buffer.from([2]), at - 1);
      const begin = beginOf(answer, header, at);
      change(answer.subarray(begin));
      return answer;
    };
  };

  it.each([
    ['content', (batch: Buffer) => batch.writeUInt8(0xff, 75)],
    ['last offset', (batch: Buffer) => batch.writeInt32BE(10 ** 9, 23)],
    ['timestamps', (batch: Buffer) => batch.fill(0x7f, 27, 43)],
    ['place', (batch: Buffer) => batch.writeBigInt64BE(2n ** 50n, 0)],
    ['length', (batch: Buffer) => batch.writeInt32BE(2 ** 30, 8)],
  ])(
    'in their %s are lost exactly; what lies before and behind is taken, and the group goes on',
    async (_name, change) => {
      spoiling(change);
      const consumer = consumerByTheWay();
      const expected = ['0 a0', '1 a1', 'lost 2 to 4', '5 c5'];
      await eventually('the last is read', async () => said(consumer).includes('5 c5') || undefined);
      expect(said(consumer)).toEqual(expected);
      const [lost] = consumer.slices.flatMap(({ records }) => records.filter(({ unreadable }) => unreadable));
      expect(Math.abs((lost?.timestamp ?? NaN) - Date.now())).toBeLessThan(3_600_000);
      expect(lost?.value).toBeInstanceOf(Buffer);
      const joins = consumer.slices.map(({ fromOffset, nextOffset }) => [fromOffset, nextOffset]);
      expect(joins.flat().filter((_, at, all) => at === 0 || at === all.length - 1)).toEqual(['0', '6']);
      for (const [at, [from]] of joins.entries()) if (at > 0) expect(from).toBe(joins[at - 1]?.[1]);
      await eventually('it is committed', async () => (await topic.committed(topic.name)) === '6' || undefined);
      expect(consumer.status()).toMatchObject({ restarts: 0, stuck: 0 });
    },
  );

  it('twice are asked for again, and nothing is lost', async () => {
    // The second time the batch is the first of its fetch.
    spoiling((batch) => batch.fill(0x7f, 17, 61), 2);
    const consumer = consumerByTheWay();
    await eventually('all are read', async () => consumer.values.length === 6 || undefined);
    expect(consumer.values).toEqual(['a0', 'a1', 'bad 2', 'bad 3', 'bad 4', 'c5']);
    expect(consumer.logged.join()).toContain('asked for again');
    expect(consumer.status()).toMatchObject({ restarts: 0 });
  });

  it('at the end of the partition are lost as well, before anything follows', async () => {
    await topic.send(0, 'bad 6');
    way.onAnswer = ({ api, answer }) => {
      const at = answer.indexOf('bad 6');
      if (api === FETCH && at >= 0) answer.writeUInt8(0xff, at);
      return answer;
    };
    const consumer = consumerByTheWay();
    await eventually('it is lost', async () => said(consumer).includes('lost 6 to 6') || undefined);
    expect(consumer.values).toHaveLength(7);
    await topic.send(0, 'after');
    await eventually('it goes on', async () => said(consumer).includes('7 after') || undefined);
  });
});

/** The batch's beginning: the nearest place before the value whose magic byte is 2 and whose length fits. */
function beginOf(answer: Buffer, from: number, value: number): number {
  for (let magic = from; magic >= 16; magic = answer.lastIndexOf(Buffer.from([2]), magic - 1)) {
    const begin = magic - 16;
    const length = answer.readInt32BE(begin + 8);
    if (length > value - begin && begin + 12 + length <= answer.length && answer.readInt32BE(begin) === 0) return begin;
  }
  throw new Error('there is no batch around the value');
}
