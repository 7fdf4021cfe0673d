import { randomUUID } from 'node:crypto';
import { eventually } from '../../../test/given/eventually';
import { EventProducer, LogBounds, SupervisedConsumer, createTopics } from '../src';
import { type SecuredKafka, givenSecuredKafka } from './given-secured-kafka';

const PREFIX = 'secured';
const clientId = 'test';

describe('a broker that is encrypted and knows its users', () => {
  let kafka: SecuredKafka;
  beforeAll(async () => {
    kafka = await givenSecuredKafka();
  });
  afterAll(() => kafka?.close());

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('takes and gives events by %s', async (mechanism) => {
    const { brokers, ca, user } = kafka;
    const options = { brokers, clientId, security: { tls: { ca }, sasl: { mechanism, ...user } } };
    await createTopics({ ...options, prefix: PREFIX, partitions: { sessions: 1, viewers: 1, directory: 1 } });
    const producer = new EventProducer(options);
    const value = randomUUID();
    await producer.send('secured.sessions', [{ key: 'k', value }]);
    await producer.close();
    const bounds = new LogBounds(options);
    expect((await bounds.fetch(['secured.sessions'])).bounds).toMatchObject([{ low: '0' }]);
    await bounds.close();

    const values: string[] = [];
    const consumer = new SupervisedConsumer({
      ...options,
      groupId: randomUUID(),
      topic: 'secured.sessions',
      isOutage: () => false,
      probe: async () => undefined,
      log: () => undefined,
      handle: async ({ records }) => {
        values.push(...records.map((record) => Buffer.from(record.value ?? '').toString()));
      },
    });
    consumer.start();
    await eventually('the event arrives', async () => values.includes(value) || undefined);
    await consumer.stop();
  });

  it('lets nobody in with a wrong password, or without encryption', async () => {
    const { brokers, ca, user } = kafka;
    const wrong = { mechanism: 'scram-sha-256', username: user.username, password: 'guess' } as const;
    const guessing = new EventProducer({ brokers, clientId, security: { tls: { ca }, sasl: wrong } });
    await expect(guessing.connect()).rejects.toThrow(/authentication/i);
    await guessing.close();
    const open = new EventProducer({ brokers, clientId, limitMs: 3000 });
    await expect(open.connect()).rejects.toThrow();
    await open.close();
  });

  it('is not trusted without its authority', async () => {
    const { brokers, user } = kafka;
    const sasl = { mechanism: 'plain', ...user } as const;
    const trusting = new EventProducer({ brokers, clientId, security: { tls: {}, sasl } });
    await expect(trusting.connect()).rejects.toThrow(/certificate/i);
    await trusting.close();
  });
});
