import zlib from 'node:zlib';
import { crc32 } from '@node-rs/crc32';
import fc from 'fast-check';
import { CompressionTypes } from 'kafkajs';
import { TooLarge, compress, decompress } from '../src/wire/codecs';
import { type Asked, readRecordSet } from '../src/wire/record-set';
import { recordsOfBatch } from '../src/slice';
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
const NOW = 1_764_000_060_000;
const read = (set: Buffer, asked: Partial<Asked> = {}) => {
  const from = set.length >= 8 ? set.readBigInt64BE(0) : 0n;
  return readRecordSet(set, { from, end: 1000n, now: NOW, mayHaveHoles: true, ...asked });
};
const offsets = (set: Buffer, asked: Partial<Asked> = {}) => {
  const { messages, damage } = read(set, asked);
  return [
    ...messages.map(({ offset, isControlRecord, unreadable }) =>
      unreadable ? unreadable.reason : `${isControlRecord ? 'end at ' : ''}${offset}`,
    ),
    ...(damage ? [`damage at ${damage.at}`] : []),
  ];
};

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
          expect(read(batch).messages).toEqual(expected);
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
    expect(offsets(Buffer.alloc(0))).toEqual([]);
    // The first comes whole, says Kafka's protocol.
    expect(offsets(set.subarray(0, 5))).toEqual(['damage at 0']);
  });

  it.each([
    ['a flipped bit', (batch: Buffer) => flipped(batch, batch.length - 3), 'the checksum is wrong'],
    ['a timestamp that is none', (batch: Buffer) => batch.fill(0x7f, 35, 43), 'the checksum is wrong'],
    ['another last offset', (batch: Buffer) => written(batch, 23, 10 ** 9), 'the checksum is wrong'],
    ['another format', (batch: Buffer) => flipped(batch, 16), 'a batch of format 3'],
    ['an old format', (batch: Buffer) => batch.fill(1, 16, 17), 'a batch of format 1, and its checksum is wrong'],
    ['a negative length', (batch: Buffer) => written(batch, 8, -7), 'a batch of -7 bytes'],
    ['a tiny length', (batch: Buffer) => written(batch, 8, 10), 'a batch of 22 bytes'],
    ['an end before its beginning', (batch: Buffer) => resealed(written(batch, 23, -2)), 'it ends before it begins'],
    ['a place far ahead', (batch: Buffer) => written(batch, 0, 1), /4294967306 to 4294967308, where 10 is next/],
    ['a place before it', (batch: Buffer) => written(batch, 4, 3), /3 to 5, where 10 is next/],
    ['a place over the one before', (batch: Buffer) => written(batch, 4, 9), /9 to 11, where 10 is next/],
    ['a place over the one behind', (batch: Buffer) => written(batch, 4, 12), /12 to 14, where 10 is next/],
    ['a negative place', (batch: Buffer) => written(batch, 0, -1), /where 10 is next/],
  ])('ends before a batch with %s, of which nothing is believed', async (_name, spoil, why) => {
    const before = await givenBatch({ from: 9, records: three.slice(0, 1) });
    const bad = spoil(await givenBatch({ from: 10, records: three }));
    const behind = await givenBatch({ from: 13, records: three });
    for (const mayHaveHoles of [true, false]) {
      const set = Buffer.concat([before, bad, behind]);
      expect(offsets(set, { mayHaveHoles })).toEqual(['9', 'damage at 10']);
      const { damage } = read(set.subarray(before.length), { from: 10n, mayHaveHoles });
      expect(damage?.why).toMatch(why);
      expect(damage?.at).toBe(10n);
    }
  });

  it('ends before a first batch that is longer than what came, and leaves a later one for the next fetch', async () => {
    const batch = await givenBatch({ from: 10, records: three });
    expect(offsets(written(Buffer.from(batch), 8, 2 ** 31 - 1), { from: 10n })).toEqual(['damage at 10']);
    const set = Buffer.concat([batch, written(await givenBatch({ from: 13, records: three }), 8, 2 ** 30)]);
    expect(offsets(set)).toEqual(['10', '11', '12']);
  });

  it('gives no offset outside of what was asked for', async () => {
    const batch = await givenBatch({ from: 10, records: three });
    const behind = await givenBatch({ from: 13, records: three });
    const set = Buffer.concat([batch, behind]);
    expect(offsets(set, { from: 11n, end: 16n })).toEqual(['11', '12', '13', '14', '15']);
    expect(offsets(set, { from: 10n, end: 15n })).toEqual(['10', '11', '12', 'damage at 13']);
    // Nothing confirms where the only batch begins: it is asked for again.
    expect(offsets(batch, { from: 11n })).toEqual(['damage at 11']);
    expect(offsets(batch, { from: 11n, trusted: 10n })).toEqual(['11', '12']);
    expect(offsets(batch, { from: 5n, mayHaveHoles: false })).toEqual(['damage at 5']);
  });

  it.each([
    ['records that are cut off', (batch: Buffer) => counted(batch, 4), 'corrupt-batch', /0 are left/],
    [
      'an absurd count of records',
      (batch: Buffer) => counted(batch, 2 ** 31 - 1),
      'too-large-batch',
      /2147483647 records/,
    ],
    ['a negative count of records', (batch: Buffer) => counted(batch, -5), 'corrupt-batch', /-5 records/],
    [
      'records behind its last offset',
      (batch: Buffer) => resealed(written(batch, 23, 1)),
      'corrupt-batch',
      /record 2 is 2 behind/,
    ],
    ['a record of another length', (batch: Buffer) => resealed(flipped(batch, 61)), 'corrupt-batch', /not as long/],
    ['a codec that nobody knows', (batch: Buffer) => resealed(flipped(batch, 22, 6)), 'unknown-codec', /compression 6/],
  ])('has one record in place of %s under a right checksum, and ends there', async (_name, spoil, reason, error) => {
    const bad = spoil(await givenBatch({ from: 10, records: three }));
    const set = Buffer.concat([bad, await givenBatch({ from: 13, records: three })]);
    const { messages } = read(set);
    const last = String(10 + bad.readInt32BE(23));
    expect(messages).toMatchObject([{ offset: last, timestamp: String(1_764_000_000_003), value: bad }]);
    expect(messages[0]?.unreadable).toMatchObject({ reason, firstOffset: '10', lastOffset: last });
    expect(messages[0]?.unreadable?.error).toMatch(error);
    expect(recordsOfBatch(bad)).toMatchObject([{ unreadable: { reason } }]);
  });

  it('has one record in place of a message of the format before 0.11', async () => {
    const body = Buffer.concat([Buffer.from([1, 0]), Buffer.alloc(8), int32(-1), int32(2), Buffer.from('hi')]);
    const legacy = Buffer.concat([Buffer.alloc(4), int32(12), int32(body.length + 4), int32(crc32(body) | 0), body]);
    expect(offsets(legacy, { from: 10n })).toEqual(['corrupt-batch']);
    expect(read(legacy, { from: 10n }).messages[0]?.unreadable).toMatchObject({ firstOffset: '10', lastOffset: '12' });
    expect(recordsOfBatch(legacy)).toMatchObject([{ unreadable: { error: expect.stringContaining('format 1') } }]);
  });

  it.each([
    ['none', -1n],
    ['before 1970', -8_640_000_000_000_001n],
    ['beyond every calendar', 8_640_000_000_000_001n],
    ['the greatest', 2n ** 63n - 1n],
    ['years ahead', BigInt(NOW) * 2n],
  ])('gives a record whose timestamp is %s a sensible one', async (_name, timestamp) => {
    const batch = await givenBatch({ from: 0, records: three });
    batch.writeBigInt64BE(timestamp, 27);
    batch.writeBigInt64BE(timestamp, 35);
    for (const appendTime of [false, true]) {
      if (appendTime) batch.writeInt16BE(0x08, 21);
      expect(read(resealed(batch)).messages.map((message) => message.timestamp)).toEqual(Array(3).fill(String(NOW)));
    }
    const counting = resealed(written(batch, 57, 7));
    expect(read(counting).messages).toMatchObject([{ timestamp: String(NOW), unreadable: {} }]);
  });

  it('says of a codec that nobody knows which one it is', async () => {
    const batch = await givenBatch({ from: 0, records: three, claimedCodec: 6 });
    expect(read(batch).messages[0]?.unreadable).toEqual({
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
    expect(offsets(bomb, { limits: { bytes: 1_000_000, records: 10 } })).toEqual(['too-large-batch']);
    expect(offsets(bomb)).toEqual(['0']);
  });

  it('comes in parts when it is too much together', async () => {
    const set = Buffer.concat([
      await givenBatch({ from: 0, records: three }),
      await givenBatch({ from: 3, records: three }),
    ]);
    expect(offsets(set, { limits: { bytes: 900, records: 10 } })).toEqual(['0', '1', '2']);
  });

  it('has an end behind what was compacted away, so that nobody waits in front of it', async () => {
    const emptied = await givenBatch({ from: 5, records: [], lastOffset: 9 });
    const thinned = await givenBatch({ from: 10, records: three, lastOffset: 20 });
    expect(offsets(Buffer.concat([emptied, thinned]))).toEqual(['end at 9', '10', '11', '12', 'end at 20']);
  });

  it('takes a record with 100 000 headers', async () => {
    const headers = { name: Array.from({ length: 100_000 }, () => Buffer.from('v')) };
    const [found] = read(await givenBatch({ from: 0, records: [{ headers }] })).messages;
    expect(found?.headers['name']).toHaveLength(100_000);
  });

  it('keeps what headers there are: repeated, without a value, with any bytes for a name', async () => {
    const tricky = [
      ['__proto__', 'polluted'],
      ['constructor', 'x'],
      ['nul\0', 'y'],
      ['twice', 'a'],
      ['twice', null],
      ['empty', ''],
      ['null', null],
    ] as const;
    const batch = await givenBatch({ from: 0, records: [{ value: Buffer.from('v') }] });
    const header = (name: Buffer, value: string | null) => [
      varint(name.length),
      name,
      ...(value === null ? [varint(-1)] : [varint(value.length), Buffer.from(value)]),
    ];
    const all = [
      ...tricky.map(([name, value]) => header(Buffer.from(name), value)),
      header(Buffer.from([0xff, 0xfe]), 'not UTF-8'),
      header(Buffer.alloc(0), 'no name'),
    ];
    const body = Buffer.concat([
      Buffer.from([0, 0, 0, 1]),
      varint(1),
      Buffer.from('v'),
      varint(all.length),
      ...all.flat(),
    ]);
    const sealed = Buffer.concat([batch.subarray(0, 61), varint(body.length), body]);
    const [record] = recordsOfBatch(resealed(written(sealed, 8, sealed.length - 12)));
    const headers = record?.headers ?? {};
    expect(Object.entries(headers).map(([name, value]) => [name, String(value)])).toEqual([
      ['__proto__', 'polluted'],
      ['constructor', 'x'],
      ['nul\0', 'y'],
      ['twice', 'a,'],
      ['empty', ''],
      ['null', 'undefined'],
      ['\ufffd\ufffd', 'not UTF-8'],
      ['', 'no name'],
    ]);
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('is never the end of the process, whatever the bytes', async () => {
    const batch = await givenBatch({ from: 0, records: three, compression: LZ4 });
    const limits = { bytes: 10_000, records: 1000 };
    fc.assert(
      fc.property(fc.nat(batch.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, mask, seal) => {
        const spoilt = flipped(Buffer.from(batch), at, mask);
        const { messages } = read(seal && at > 20 ? resealed(spoilt) : spoilt, { from: 0n, end: 3n, limits });
        for (const { offset, timestamp } of messages) {
          expect(['0', '1', '2']).toContain(offset);
          expect(new Date(Number(timestamp)).getTime()).toBe(Number(timestamp));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('kept for a replay says of each record what it is, or why it is none', async () => {
    const batch = await givenBatch({ from: 7, records: three });
    expect(recordsOfBatch(batch).map(({ offset }) => offset)).toEqual(['7', '8', '9']);
    const marker = resealed(flipped(await givenBatch({ from: 7, records: three }), 22, 0x20));
    expect(recordsOfBatch(marker)).toEqual([]);
    const why = (bytes: Buffer) => recordsOfBatch(bytes).map(({ unreadable }) => unreadable?.error);
    expect(why(Buffer.alloc(0))).toEqual(['there are no bytes of it']);
    expect(why(batch.subarray(0, -1))).toEqual(['the bytes end before the batch does']);
    expect(why(Buffer.concat([batch, batch]))).toEqual([`${batch.length} bytes behind the batch`]);
    expect(why(flipped(Buffer.from(batch), 70))).toEqual(['the checksum is wrong']);
    fc.assert(
      fc.property(bytes, (any) => {
        expect(recordsOfBatch(any)).toHaveLength(1);
      }),
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

function varint(value: number): Buffer {
  const found: number[] = [];
  let left = value < 0 ? -value * 2 - 1 : value * 2;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) found.push((left % 0x80) + 0x80);
  return Buffer.from([...found, left]);
}

function flipped(batch: Buffer, at: number, mask = 1): Buffer {
  batch[at] = (batch[at] ?? 0) ^ mask;
  return batch;
}

function written(batch: Buffer, at: number, value: number): Buffer {
  batch.writeInt32BE(value, at);
  return batch;
}

function counted(batch: Buffer, count: number): Buffer {
  return resealed(written(batch, 57, count));
}
