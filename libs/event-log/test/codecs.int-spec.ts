import { gzipSync } from 'node:zlib';
import { CompressionCodecs, CompressionTypes } from 'kafkajs';
import { eventually } from '../../../test/given/eventually';
import { EventProducer } from '../src';
import { givenTopic } from './given-consumer';

const BOMB_BYTES = 40 * 1024 * 1024;

describe('compressed batches', () => {
  it.each(['GZIP', 'Snappy', 'LZ4', 'ZSTD'] as const)('of %s are read as they were sent', async (codec) => {
    const topic = await givenTopic();
    const { brokers } = topic;
    const producer = new EventProducer({ brokers, clientId: 'test', compression: CompressionTypes[codec] });
    const values = Array.from({ length: 50 }, (_, at) => `${codec} ${at} ${'x'.repeat(at * 20)}`);
    await producer.send(
      topic.name,
      values.map((value) => ({ key: 'k', value })),
    );
    await producer.close();
    const consumer = topic.consumer();
    consumer.start();
    await eventually('all are read', async () => consumer.values.length === values.length || undefined);
    expect(consumer.values).toEqual(values);
    await topic.close();
  });

  it('that would be larger than allowed are one unreadable record, and what follows is read', async () => {
    const topic = await givenTopic({ config: { 'max.message.bytes': 1_000_000 } });
    const codecs = CompressionCodecs as Record<number, () => { compress: unknown }>;
    const usual = codecs[CompressionTypes.GZIP];
    if (!usual) throw new Error('gzip is not registered');
    // The broker checks what it takes: the bomb is one valid record with a value that compresses well.
    codecs[CompressionTypes.GZIP] = () => ({
      ...usual(),
      compress: async ({ buffer }: { buffer: Buffer }) => gzipSync(buffer, { level: 9 }),
    });
    const { brokers } = topic;
    const bombing = new EventProducer({
      brokers,
      clientId: 'test',
      compression: CompressionTypes.GZIP,
      limitMs: 30_000,
    });
    await bombing.send(topic.name, [{ key: 'bomb', value: Buffer.alloc(BOMB_BYTES) }]);
    codecs[CompressionTypes.GZIP] = usual;
    await topic.send(0, 'after');
    await bombing.close();
    const consumer = topic.consumer();
    consumer.start();
    await eventually('what follows is read', async () => consumer.values.includes('after') || undefined);
    const [bomb] = consumer.slices.flatMap(({ records }) => records);
    expect(bomb?.unreadable).toMatchObject({ reason: 'too-large-batch', firstOffset: '0', lastOffset: '0' });
    await topic.close();
  });
});
