import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from '../../../test/given/eventually';
import { KafkaWay } from '../../../test/given/kafka-way';
import { EventProducer, type EventProducerOptions, QueueFull } from '../src';
import { type GivenTopic, givenTopic } from './given-consumer';

const PRODUCE = 0;
const { KAFKA_BROKERS = '' } = process.env;

describe('a producer whose Kafka is slow', () => {
  let way: KafkaWay;
  let topics: GivenTopic[];
  let producers: EventProducer[];
  beforeEach(async () => {
    way = await KafkaWay.listen(KAFKA_BROKERS.split(',')[0] ?? '');
    topics = [await givenTopic(), await givenTopic()];
    producers = [];
  });
  afterEach(async () => {
    await Promise.all(producers.map((producer) => producer.close()));
    await Promise.all(topics.map((topic) => topic.close()));
    await way.close();
  });

  const nameOf = (at: number) => topics[at]?.name ?? '';
  const given = (options: Partial<EventProducerOptions> = {}) => {
    const producer = new EventProducer({ brokers: [way.address], clientId: 'test', ...options });
    producers.push(producer);
    return producer;
  };
  /** How many requests a topic got; each is answered when `held` resolves. */
  const holding = (topic: string, held: Promise<unknown> = Promise.resolve()) => {
    const seen: Buffer[] = [];
    way.onAnswer = async ({ api, request, answer }) => {
      if (api === PRODUCE && request.includes(topic)) {
        seen.push(request);
        await held;
      }
      return answer;
    };
    return seen;
  };

  it('ends every send within the limit from its own beginning, and sends no more what is over', async () => {
    const seen = holding(nameOf(0), new Promise(() => undefined));
    const producer = given({ limitMs: 2500 });
    const took: number[] = [];
    const send = async (value: string) => {
      const began = Date.now();
      await producer.send(nameOf(0), [{ key: 'k', value }]).catch((error: unknown) => {
        expect(String(error)).toContain('did not acknowledge within 2500 ms');
        took.push(Date.now() - began);
      });
    };
    const all = [];
    for (let n = 0; n < 10; n += 1) {
      all.push(send(`waits ${n}`));
      await wait(200);
    }
    await Promise.all(all);
    expect(took).toHaveLength(10);
    // Timers fire late on a busy machine; one behind the other they would take 25 s.
    expect(Math.max(...took)).toBeLessThan(5000);
    expect(producer.depth).toEqual({ messages: 0, bytes: 0, oldestAt: null });
    const requests = seen.length;
    holding(nameOf(0));
    await producer.send(nameOf(0), [{ key: 'k', value: 'after' }]);
    expect(requests).toBeLessThan(10);
  });

  it('does not hold up another topic', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const seen = holding(nameOf(0), held);
    const producer = given();
    const slow = producer.send(nameOf(0), [{ key: 'k', value: 'slow' }]);
    await eventually('the slow one is under way', async () => seen.length > 0 || undefined);
    for (let n = 0; n < 5; n += 1) {
      expect(await producer.send(nameOf(1), [{ key: 'k', value: 'fast' }])).toMatchObject([{ offset: String(n) }]);
    }
    release();
    expect(await slow).toHaveLength(1);
  });

  it('refuses at once what is beyond its bounds, and takes it when there is room again', async () => {
    let release: () => void = () => undefined;
    const seen = holding(nameOf(0), new Promise<void>((resolve) => (release = resolve)));
    const producer = given({ queue: { messages: 3 } });
    const message = { key: 'k', value: 'v' };
    const first = producer.send(nameOf(0), [message, message, message]);
    await eventually('it is under way', async () => seen.length > 0 || undefined);
    await expect(producer.send(nameOf(0), [message])).rejects.toThrow(QueueFull);
    await expect(producer.send(nameOf(1), [message])).rejects.toThrow(QueueFull);
    release();
    await first;
    expect(await producer.send(nameOf(0), [message])).toHaveLength(1);
  });

  it('sends ten thousand that come at once in a few requests, and a send of many bytes in parts', async () => {
    const seen = holding(nameOf(0));
    const producer = given({ limitMs: 30_000 });
    const sends = Array.from({ length: 10_000 }, (_, n) => producer.send(nameOf(0), [{ key: 'k', value: String(n) }]));
    const placed = (await Promise.all(sends)).flat();
    expect(placed.map(({ offset }) => Number(offset))).toEqual(Array.from(placed.keys()));
    expect(seen.length).toBeLessThan(10);
    const large = Array.from({ length: 20 }, () => ({ key: 'k', value: Buffer.alloc(200_000) }));
    const offsets = (await producer.send(nameOf(0), large)).map(({ offset }) => Number(offset));
    expect(offsets).toEqual(Array.from({ length: 20 }, (_, at) => 10_000 + at));
  });
});
