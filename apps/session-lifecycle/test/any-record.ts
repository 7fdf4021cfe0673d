import { randomUUID } from 'node:crypto';
import type { Slice, SliceRecord } from '#libs/event-log';
import fc from 'fast-check';
import { event } from '../../../test/given/producer';

const TIMES = [-1, 0, -(2 ** 63), 2 ** 63, NaN, 8.64e15, 8.64e15 + 1, Date.UTC(10_000, 0, 1), 1.5, Date.now()];
const NAMES = ['a\u0000b', '\ud800', '__proto__', 'ce_specversion', 'ce_id', 'ce_source', 'ce_type', '', 'traceparent'];
const REASONS = ['corrupt-batch', 'unknown-codec', 'too-large-batch'] as const;

const bytes = fc.oneof(
  fc.uint8Array().map((some) => Buffer.from(some)),
  fc
    .constantFrom('', '\u0000', '\ud800', '"\\ud800"', '{"source":7}', '{"source":"/\u0000x"}', '[]')
    .map((text) => Buffer.from(text)),
  fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
);
const headers = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom(...NAMES), fc.string({ unit: 'binary' })),
      fc.oneof(bytes, fc.array(bytes, { maxLength: 3 }), fc.constant(undefined)),
    ),
    { maxLength: 4 },
  )
  .map((entries) => Object.fromEntries(entries));
const timestamp = fc.oneof(fc.constantFrom(...TIMES), fc.double());

const anything = fc.record({ key: fc.option(bytes), value: fc.option(bytes), headers, timestamp });

/** An event that may be good, and often is not. */
const nearlyGood = fc
  .record({
    type: fc.constantFrom('session.started.v1', 'session.heartbeat.v1', 'session.paused.v1'),
    source: fc.constantFrom('/a', '/b', '/c', '', 'x'.repeat(2000), '/\u0000'),
    id: fc.constantFrom('1', '2', '3'),
    title: fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constant('Fine')),
    timestamp: fc.oneof({ arbitrary: fc.constant(Date.now()), weight: 8 }, { arbitrary: timestamp, weight: 1 }),
  })
  .map(({ type, source, id, title, timestamp: at }) => {
    const subject = randomUUID();
    const value = Buffer.from(JSON.stringify(event(type, subject, { title }, { source, id })));
    return { key: Buffer.from(subject), value, headers: {}, timestamp: at };
  });

const unreadable = fc.option(
  fc.tuple(fc.constantFrom(...REASONS), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  {
    freq: 5,
    nil: undefined,
  },
);

/** Records of any bytes, headers and timestamps, one behind the other; some stand for whole batches. */
export const anyRecords: fc.Arbitrary<Omit<SliceRecord, 'offset'>[]> = fc.array(
  fc.tuple(fc.oneof(anything, nearlyGood), unreadable).map(([record, batch]) => {
    if (!batch) return record;
    const [reason, firstOffset] = batch;
    const span = { firstOffset: String(firstOffset), lastOffset: '0' };
    return { ...record, unreadable: { reason, error: '\u0000 damaged \ud800', ...span } };
  }),
  { minLength: 1, maxLength: 12 },
);

/** A slice of them that begins at an offset. */
export function sliceAt(topic: string, from: number, records: readonly Omit<SliceRecord, 'offset'>[]): Slice {
  return {
    topic,
    partition: 0,
    records: records.map((record, at) => ({ ...record, offset: String(from + at) })),
    fromOffset: String(from),
    nextOffset: String(from + records.length),
  };
}
