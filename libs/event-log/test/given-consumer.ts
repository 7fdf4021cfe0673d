import { randomUUID } from 'node:crypto';
import { type Admin, Kafka, type Producer, logLevel } from 'kafkajs';
import { type Slice, SupervisedConsumer, awaitLeaders } from '../src';

const { KAFKA_BROKERS = '' } = process.env;

type Options = Partial<ConstructorParameters<typeof SupervisedConsumer>[0]>;

/** A topic of its own on a real broker. */
export class GivenTopic {
  private readonly consumers: GivenConsumer[] = [];

  constructor(
    readonly name: string,
    readonly brokers: string[],
    readonly admin: Admin,
    private readonly producer: Producer,
  ) {}

  async send(partition: number, ...values: string[]): Promise<void> {
    const messages = values.map((value) => ({ partition, key: 'key', value }));
    await this.producer.send({ topic: this.name, acks: -1, messages });
  }

  /** A supervised consumer that keeps what it was given. */
  consumer(options: Options = {}): GivenConsumer {
    const consumer = new GivenConsumer(this, options);
    this.consumers.push(consumer);
    return consumer;
  }

  /** The committed offsets, by partition, as text. */
  async committed(groupId: string): Promise<string> {
    const [answer] = await this.admin.fetchOffsets({ groupId, topics: [this.name] });
    return (answer?.partitions ?? [])
      .sort((a, b) => a.partition - b.partition)
      .map(({ offset }) => offset)
      .join(',');
  }

  async members(groupId: string): Promise<string[]> {
    const { groups } = await this.admin.describeGroups([groupId]);
    return groups.flatMap(({ members }) => members.map(({ memberId }) => memberId));
  }

  async close(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
    await this.producer.disconnect();
    await this.admin.disconnect();
  }
}

export async function givenTopic({ partitions = 1, brokers = KAFKA_BROKERS.split(','), config = {} } = {}) {
  const name = `given.${randomUUID()}`;
  const kafka = new Kafka({ brokers, clientId: 'given', logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await Promise.all([admin.connect(), producer.connect()]);
  const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value: String(value) }));
  await admin.createTopics({
    waitForLeaders: false,
    topics: [{ topic: name, numPartitions: partitions, configEntries }],
  });
  await awaitLeaders(admin, [name]);
  return new GivenTopic(name, brokers, admin, producer);
}

export class GivenConsumer extends SupervisedConsumer {
  readonly slices: Slice[] = [];
  readonly logged: string[] = [];

  constructor(topic: GivenTopic, { handle, ...options }: Options) {
    super({
      brokers: topic.brokers,
      clientId: 'given',
      groupId: randomUUID(),
      topic: topic.name,
      isOutage: () => false,
      probe: async () => undefined,
      log: (_level, message, fields) => this.logged.push(`${message} ${JSON.stringify(fields)}`),
      handle: async (slice) => {
        await handle?.(slice);
        this.slices.push(slice);
      },
      ...options,
    });
  }

  /** The values of all that was handled, in order. */
  get values(): string[] {
    return this.slices.flatMap(({ records }) => records.map(({ value }) => Buffer.from(value ?? '').toString()));
  }
}
