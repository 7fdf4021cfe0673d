import { randomUUID } from 'node:crypto';
import { freePort } from '#tools/stack';
import { Kafka, logLevel } from 'kafkajs';
import { EventProducer, LogBounds, awaitLeaders } from '../src';

const { KAFKA_BROKERS = '' } = process.env;
const clientId = 'test';
const brokers = KAFKA_BROKERS.split(',');
const kafka = new Kafka({ brokers, clientId, logLevel: logLevel.NOTHING });
const topic = `bounds.${randomUUID()}`;

beforeAll(async () => {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: 2 }] });
  await awaitLeaders(admin, [topic]);
  await admin.disconnect();
});

describe('the producer', () => {
  const producer = new EventProducer({ brokers, clientId });
  afterAll(() => producer.close());

  it('tells where each message was put, in order, whatever was sent together', async () => {
    const sends = Array.from({ length: 20 }, (_, at) =>
      producer.send(topic, [
        { key: `a${at}`, value: `first ${at}`, headers: { at: String(at) } },
        { key: `b${at}`, value: `second ${at}` },
      ]),
    );
    const placed = (await Promise.all(sends)).flat();
    const found = await readAll(placed.length);
    expect(placed.map(({ partition, offset }) => found.get(`${partition}/${offset}`))).toEqual(
      sends.flatMap((_, at) => [`first ${at}`, `second ${at}`]),
    );
  });

  it('refuses what is too large, and takes what was sent with it', async () => {
    const [small, large] = await Promise.allSettled([
      producer.send(topic, [{ key: 'k', value: 'small' }]),
      producer.send(topic, [{ key: 'k', value: Buffer.alloc(2_000_000) }]),
    ]);
    expect(small.status).toBe('fulfilled');
    expect(large).toMatchObject({ status: 'rejected', reason: { type: 'MESSAGE_TOO_LARGE' } });
  });

  it('says that Kafka is away, and sends again once it is there', async () => {
    const away = new EventProducer({ brokers: [`127.0.0.1:${await freePort()}`], clientId, limitMs: 3000 });
    await expect(away.send(topic, [{ key: 'k', value: 'v' }])).rejects.toThrow(/ECONNREFUSED|acknowledge/);
    await expect(away.connect()).rejects.toThrow(/ECONNREFUSED|acknowledge/);
    await away.close();
    await expect(away.send(topic, [])).rejects.toThrow('closed');
  });
});

describe('the bounds of the log', () => {
  const log = new LogBounds({ brokers, clientId });
  afterAll(() => log.close());

  it('cover all that was appended before they were asked for, records of an open transaction too', async () => {
    const before = await log.fetch([topic]);
    const producer = kafka.producer({ transactionalId: topic, maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ key: 'k', value: 'v', partition: 1 }] });
    const asked = Date.now();
    const { at, bounds } = await log.fetch([topic]);
    await transaction.abort();
    await producer.disconnect();
    expect(at).toBeGreaterThanOrEqual(asked);
    const high = (of: typeof bounds) => of.find(({ partition }) => partition === 1)?.high ?? '';
    expect(BigInt(high(bounds))).toBe(BigInt(high(before.bounds)) + 1n);
    expect(bounds.map(({ low }) => low)).toEqual(['0', '0']);
  });

  it('are refused clearly when Kafka is away or the topic is not there', async () => {
    const away = new LogBounds({ brokers: [`127.0.0.1:${await freePort()}`], clientId, limitMs: 3000 });
    await expect(away.fetch([topic])).rejects.toThrow(/ECONNREFUSED|bounds/);
    await away.close();
    await expect(log.fetch(['no.such.topic'])).rejects.toThrow(/topic/);
    await expect(log.fetch([topic])).resolves.toBeDefined();
  });
});

async function readAll(count: number): Promise<Map<string, string>> {
  const consumer = kafka.consumer({ groupId: randomUUID() });
  const found = new Map<string, string>();
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: async ({ partition, message }) => {
          found.set(`${partition}/${message.offset}`, message.value?.toString() ?? '');
          if (found.size === count) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return found;
}
