import zlib from 'node:zlib';
import fc from 'fast-check';
import { CompressionTypes } from 'kafkajs';
import { TooLarge, compress, decompress } from '../src/wire/codecs';
import { readRecordSet } from '../src/wire/record-set';
import { type GivenRecord, decodedByKafkajs, givenBatch, resealed } from './given-batch';

const { None, GZIP, Snappy, LZ4, ZSTD } = CompressionTypes;
const CODECS = [None, GZIP, Snappy, LZ4, ZSTD];

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const record: fc.Arbitrary<GivenRecord> = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.dictionary(
    fc.string({ maxLength: 5 }),
    fc.oneof(bytes, fc.array(bytes, { minLength: 2, maxLength: 3 })),
    {
      maxKeys: 3,
    },
  ),
});
const three = ['a', 'b', 'c'].map((text) => ({ key: Buffer.from(text), value: Buffer.from(text.repeat(300)) }));
const offsets = (set: Buffer, limits?: Parameters<typeof readRecordSet>[1]) =>
  readRecordSet(set, limits).map(({ offset, isControlRecord, unreadable }) =>
    unreadable ? unreadable.reason : `${isControlRecord ? 'end at ' : ''}${offset}`,
  );

describe('a set of batches', () => {
  it('is read as kafkajs reads it, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...CODECS),
        async (records, codec) => {
          const batch = await givenBatch({ from: 7, records, compression: codec });
          const expected = (await decodedByKafkajs(batch)).map(({ batchContext, ...rest }) => ({
            ...rest,
            batchContext: { producerId: batchContext.producerId, inTransaction: batchContext.inTransaction },
          }));
          expect(readRecordSet(batch)).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is read batch after batch; one that is cut off is left for the next fetch', async () => {
    const set = Buffer.concat(
      await Promise.all(CODECS.map((compression, at) => givenBatch({ from: at * 3, records: three, compression }))),
    );
    expect(offsets(set)).toEqual(Array.from({ length: 15 }, (_, at) => String(at)));
    expect(offsets(set.subarray(0, -1))).toHaveLength(12);
    expect(offsets(set.subarray(0, 5))).toEqual([]);
  });

  it.each([
    ['a flipped bit', (batch: Buffer) => flipped(batch, batch.length - 3), 'corrupt-batch'],
    ['records that are cut off under a right checksum', (batch: Buffer) => counted(batch, 4), 'corrupt-batch'],
    ['an absurd count of records', (batch: Buffer) => counted(batch, 2 ** 31 - 1), 'too-large-batch'],
    ['a negative count of records', (batch: Buffer) => counted(batch, -5), 'corrupt-batch'],
    ['another format', (batch: Buffer) => flipped(batch, 16), 'corrupt-batch'],
  ])('has one record in place of a batch with %s, and goes on behind it', async (_name, spoil, reason) => {
    const bad = spoil(await givenBatch({ from: 10, records: three }));
    const set = Buffer.concat([
      await givenBatch({ from: 9, records: three.slice(0, 1) }),
      bad,
      await givenBatch({ from: 13, records: three }),
    ]);
    expect(offsets(set)).toEqual(['9', reason, '13', '14', '15']);
    const found = readRecordSet(set).filter(({ unreadable }) => unreadable);
    expect(found).toMatchObject([{ offset: '12', value: bad, unreadable: { firstOffset: '10', lastOffset: '12' } }]);
  });

  it('says of a codec that nobody knows which one it is', async () => {
    const batch = await givenBatch({ from: 0, records: three, claimedCodec: 6 });
    expect(readRecordSet(batch)[0]?.unreadable).toEqual({
      reason: 'unknown-codec',
      error: 'compression 6 is not known',
      firstOffset: '0',
      lastOffset: '2',
    });
  });

  it.each([GZIP, Snappy, LZ4, ZSTD])('refuses a decompression bomb of codec %i without unpacking it', async (codec) => {
    const records = [{ value: Buffer.alloc(3_000_000) }];
    const bomb = await givenBatch({ from: 0, records, compression: codec });
    expect(bomb.length).toBeLessThan(200_000);
    expect(offsets(bomb, { bytes: 1_000_000, records: 10 })).toEqual(['too-large-batch']);
    expect(offsets(bomb)).toEqual(['0']);
  });

  it('comes in parts when it is too much together', async () => {
    const set = Buffer.concat([
      await givenBatch({ from: 0, records: three }),
      await givenBatch({ from: 3, records: three }),
    ]);
    expect(offsets(set, { bytes: 900, records: 10 })).toEqual(['0', '1', '2']);
  });

  it('has an end behind what was compacted away, so that nobody waits in front of it', async () => {
    const emptied = await givenBatch({ from: 5, records: [], lastOffset: 9 });
    const thinned = await givenBatch({ from: 10, records: three, lastOffset: 20 });
    expect(offsets(Buffer.concat([emptied, thinned]))).toEqual(['end at 9', '10', '11', '12', 'end at 20']);
  });

  it('takes a record with 100 000 headers', async () => {
    const headers = { name: Array.from({ length: 100_000 }, () => Buffer.from('v')) };
    const [found] = readRecordSet(await givenBatch({ from: 0, records: [{ headers }] }));
    expect(found?.headers['name']).toHaveLength(100_000);
  });

  it('is never the end of the process, whatever the bytes', async () => {
    const batch = await givenBatch({ from: 0, records: three, compression: LZ4 });
    fc.assert(
      fc.property(fc.nat(batch.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, mask, seal) => {
        const spoilt = Buffer.from(batch);
        spoilt[at] = (spoilt[at] ?? 0) ^ mask;
        readRecordSet(seal && at > 20 ? resealed(spoilt) : spoilt, { bytes: 10_000, records: 1000 });
      }),
      { numRuns: 500 },
    );
  });
});

describe('codecs', () => {
  it('read Snappy as Java frames it, in several blocks', () => {
    const blocks = ['first ', 'second'].map((text) => compress(Snappy, Buffer.from(text)));
    const header = Buffer.from('82534e41505059000000000100000001', 'hex');
    const framed = Buffer.concat([header, ...blocks.flatMap((block) => [int32(block.length), block])]);
    expect(decompress(Snappy, framed, 100).toString()).toBe('first second');
    expect(() => decompress(Snappy, framed, 11)).toThrow(TooLarge);
    expect(() => decompress(Snappy, framed.subarray(0, -1), 100)).toThrow('longer than its stream');
  });

  it('do not believe a Zstandard frame that tells no size', () => {
    const stream = zlib.zstdCompressSync(Buffer.alloc(100_000), {
      params: { [zlib.constants.ZSTD_c_contentSizeFlag]: 0 },
    });
    expect(() => decompress(ZSTD, stream, 99_999)).toThrow(TooLarge);
    expect(decompress(ZSTD, stream, 100_000)).toHaveLength(100_000);
  });
});

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

function flipped(batch: Buffer, at: number): Buffer {
  batch[at] = (batch[at] ?? 0) ^ 1;
  return batch;
}

function counted(batch: Buffer, count: number): Buffer {
  batch.writeInt32BE(count, 57);
  return resealed(batch);
}
