import fc from 'fast-check';
import type { Batch, KafkaMessage } from 'kafkajs';
import { type SliceLimits, slicesOf } from './slice';

const FETCHED = 10;

/** A batch fetched from offset 10, of one record for each key, with every second offset; it reaches beyond its last. */
function given(keys: readonly (string | null)[]): Batch {
  const messages = keys.map((key, at) => ({
    key: key === null ? null : Buffer.from(key),
    value: Buffer.from(String(at)),
    timestamp: '1',
    offset: String(FETCHED + 2 * at),
    attributes: 0,
  })) as KafkaMessage[];
  const lastOffset = () => String(FETCHED + 2 * keys.length + 5);
  return { topic: 't', partition: 3, messages, fetchedOffset: String(FETCHED), lastOffset } as unknown as Batch;
}

const cut = (keys: readonly (string | null)[], limits: SliceLimits) => [
  ...slicesOf(given(keys), limits, (fetched) => fetched),
];
const sizes = (keys: readonly (string | null)[], limits: SliceLimits) =>
  cut(keys, limits).map(({ records }) => records.length);

describe('the slices of a batch', () => {
  it('have no more records than allowed', () => {
    expect(sizes(['a', 'b', 'c', 'd', 'e'], { records: 2, bytes: 1000 })).toEqual([2, 2, 1]);
    expect(sizes([], { records: 2, bytes: 1000 })).toEqual([]);
  });

  it('have no more bytes of keys and values than allowed, but always one record', () => {
    expect(sizes(['a', 'a', 'b', 'aaa', 'b', 'aaaaaaaaaa', 'c', null, 'a'], { records: 100, bytes: 5 })).toEqual([
      2, 1, 1, 1, 1, 3,
    ]);
    expect(sizes(['a', 'a', 'a', 'b'], { records: 2, bytes: 100 })).toEqual([2, 2]);
  });

  it('hold every record once, in order, and join on to one another up to where the batch ends', () => {
    const someKeys = fc.array(fc.constantFrom('a', 'b', 'c', null), { minLength: 1, maxLength: 40 });
    const someLimits = fc.record({ records: fc.integer({ min: 1, max: 9 }), bytes: fc.integer({ min: 1, max: 12 }) });
    fc.assert(
      fc.property(someKeys, someLimits, (keys, limits) => {
        const slices = cut(keys, limits);
        const values = slices.flatMap(({ records }) => records.map(({ value }) => Number(value)));
        expect(values).toEqual(keys.map((_, at) => at));
        expect(slices.map(({ fromOffset }) => fromOffset)).toEqual([
          String(FETCHED),
          ...slices.slice(0, -1).map(({ nextOffset }) => nextOffset),
        ]);
        expect(slices.at(-1)?.nextOffset).toBe(String(FETCHED + 2 * keys.length + 6));
        for (const { records, fromOffset, nextOffset } of slices) {
          const bytes = records.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0);
          if (records.length > 1) expect(bytes).toBeLessThanOrEqual(limits.bytes);
          expect(records.length).toBeLessThanOrEqual(limits.records);
          for (const { offset } of records) {
            expect(Number(offset)).toBeGreaterThanOrEqual(Number(fromOffset));
            expect(Number(offset)).toBeLessThan(Number(nextOffset));
          }
        }
      }),
    );
  });
});
