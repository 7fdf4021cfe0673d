import { randomUUID } from 'node:crypto';
import { KafkaWay, type Passing } from '../../../test/given/kafka-way';
import { createTopics, topicName } from '../src';

const { KAFKA_BROKERS = '' } = process.env;
const METADATA = 3;
const NO_ERROR = 0;
const UNKNOWN_TOPIC_OR_PARTITION = 3;

describe('topics that are created', () => {
  let way: KafkaWay;
  beforeEach(async () => {
    way = await KafkaWay.listen(KAFKA_BROKERS.split(',')[0] ?? '');
  });
  afterEach(() => way.close());

  const created = (prefix: string) =>
    createTopics({
      brokers: [way.address],
      clientId: 'test',
      prefix,
      partitions: { sessions: 2, viewers: 1, directory: 1 },
    });

  it('are waited for while the broker does not know of them yet', async () => {
    const prefix = randomUUID();
    const name = topicName(prefix, 'sessions');
    let unknown = 0;
    way.onAnswer = (passing: Passing) => {
      const { api, answer } = passing;
      const at = answer.indexOf(name);
      // Before a topic's name: its error in 16 bits, and the name's length in 16.
      if (api !== METADATA || at < 0 || answer.readInt16BE(at - 4) !== NO_ERROR || unknown === 3) return answer;
      unknown += 1;
      answer.writeInt16BE(UNKNOWN_TOPIC_OR_PARTITION, at - 4);
      return answer;
    };
    expect(await created(prefix)).toContain(name);
    expect(unknown).toBe(3);
    expect(await created(prefix)).toEqual([]);
  });
});
