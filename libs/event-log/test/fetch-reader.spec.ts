import fc from 'fast-check';
import { type Fetch, FetchReader } from '../src/wire/fetch-reader';
import type { FetchedMessage } from '../src/wire/fetched-message';
import { givenBatch, resealed } from './given-batch';
import { type LoggedBatch, answersOf } from './given-log';

const TOPIC = 't';
const PAUSES_MS = [0, 0];

interface Options {
  from?: bigint;
  end: bigint;
  compacted?: boolean | null;
}

/** Reads a partition to its end as kafkajs does: on from the last message of an answer. */
async function readAll(fetch: Fetch, { from = 0n, end, compacted = false }: Options) {
  const logged: string[] = [];
  const log = (_level: string, message: string) => logged.push(message);
  const reader = new FetchReader({ compacted, log, pausesMs: PAUSES_MS });
  const messages: FetchedMessage[] = [];
  let fetches = 0;
  const counted: Fetch = (asked) => {
    fetches += 1;
    if (fetches > 5000) throw new Error(`no end at ${JSON.stringify(asked.topics)}`);
    return fetch(asked);
  };
  for (let next = from; next < end;) {
    const partitions = [{ partition: 0, fetchOffset: String(next), maxBytes: 2 ** 20 }];
    const { responses } = await reader.fetch({ maxWaitTime: 0, topics: [{ topic: TOPIC, partitions }] }, counted);
    for (const message of responses.flatMap((one) => one.partitions.flatMap((two) => two.messages))) {
      expect(BigInt(message.offset)).toBeGreaterThanOrEqual(next);
      expect(BigInt(message.offset)).toBeLessThan(end);
      messages.push(message);
      next = BigInt(message.offset) + 1n;
    }
  }
  return { messages, logged, fetches };
}

const saidOf = (messages: FetchedMessage[]) =>
  messages.map(({ offset, value, isControlRecord, unreadable }) => {
    if (unreadable) return `lost ${unreadable.firstOffset} to ${unreadable.lastOffset}`;
    return isControlRecord ? `end at ${offset}` : `${offset} ${value?.toString()}`;
  });

/** Batches of so many records, one behind the other; the values tell the offsets. */
async function givenBatches(sizes: readonly number[]): Promise<LoggedBatch[]> {
  const batches: LoggedBatch[] = [];
  let from = 0;
  for (const size of sizes) {
    const records = Array.from({ length: size }, (_, at) => ({ value: Buffer.from(`v${from + at}`) }));
    batches.push({ from: BigInt(from), last: BigInt(from + size - 1), bytes: await givenBatch({ from, records }) });
    from += size;
  }
  return batches;
}

const good = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `${from + at} v${from + at}`);

function damaged(batch: LoggedBatch | undefined, spoil: (bytes: Buffer) => unknown): LoggedBatch {
  if (!batch) throw new Error('there is no such batch');
  const bytes = Buffer.from(batch.bytes);
  spoil(bytes);
  return { ...batch, bytes };
}

const DAMAGE: [string, (bytes: Buffer) => unknown][] = [
  ['its checksum', (bytes) => bytes.writeInt32BE(7, 17)],
  ['its content', (bytes) => bytes.writeUInt8(0xee, bytes.length - 1)],
  ['its timestamps', (bytes) => bytes.fill(0x7f, 27, 43)],
  ['its last offset, 10⁹ ahead', (bytes) => bytes.writeInt32BE(10 ** 9, 23)],
  ['its last offset, negative', (bytes) => bytes.writeInt32BE(-5, 23)],
  ['its count', (bytes) => bytes.writeInt32BE(2 ** 31 - 1, 57)],
  ['its count, negative', (bytes) => bytes.writeInt32BE(-1, 57)],
  ['its codec', (bytes) => bytes.writeInt16BE(7, 21)],
  ['its format', (bytes) => bytes.writeInt8(1, 16)],
  ['its place, far ahead', (bytes) => bytes.writeBigInt64BE(2n ** 62n, 0)],
  ['its place, a little ahead', (bytes) => bytes.writeBigInt64BE(8n, 0)],
  ['its place, behind', (bytes) => bytes.writeBigInt64BE(bytes.readBigInt64BE(0) - 1n, 0)],
  ['its place, negative', (bytes) => bytes.writeBigInt64BE(-3n, 0)],
  ['its length, too long', (bytes) => bytes.writeInt32BE(2 ** 31 - 1, 8)],
  ['its length, a little too long', (bytes) => bytes.writeInt32BE(bytes.length - 5, 8)],
  ['its length, too short', (bytes) => bytes.writeInt32BE(60, 8)],
  ['its length, negative', (bytes) => bytes.writeInt32BE(-1, 8)],
  ['everything', (bytes) => bytes.fill(0)],
];

describe('a batch that is damaged', () => {
  describe.each(DAMAGE)('in %s', (_what, spoil) => {
    it.each([
      ['in the middle', [2, 5, 3], 1],
      ['at the beginning', [5, 3], 0],
      ['at the end', [2, 5], 1],
      ['alone', [5], 0],
    ])('and stays so is lost exactly, %s', async (_where, sizes, at) => {
      const batches = await givenBatches(sizes);
      const bad = damaged(batches[at], spoil);
      batches[at] = bad;
      const end = (batches.at(-1)?.last ?? 0n) + 1n;
      const { messages } = await readAll(answersOf(batches, { end }), { end });
      expect(saidOf(messages)).toEqual([
        ...good(0, Number(bad.from) - 1),
        `lost ${bad.from} to ${bad.last}`,
        ...good(Number(bad.last) + 1, Number(end) - 1),
      ]);
      const lost = messages.find(({ unreadable }) => unreadable);
      expect(lost?.value?.subarray(0, 61)).toEqual(bad.bytes.subarray(0, 61));
      expect(new Date(Number(lost?.timestamp)).getTime()).toBe(Number(lost?.timestamp));
    });

    it('on its way only is asked for again, and nothing is lost', async () => {
      const batches = await givenBatches([2, 5, 3]);
      const once = batches.with(1, damaged(batches[1], spoil));
      let asked = 0;
      const fetch: Fetch = (what) => answersOf(asked++ === 0 ? once : batches, { end: 10n })(what);
      const { messages, logged } = await readAll(fetch, { end: 10n });
      expect(saidOf(messages)).toEqual(good(0, 9));
      expect(logged).not.toContain('offsets cannot be read and are handed on as lost');
    });
  });

  it('is lost one by one, when there are two in a row', async () => {
    const batches = await givenBatches([2, 40, 7, 3]);
    for (const at of [1, 2]) batches[at] = damaged(batches[at], (bytes) => bytes.fill(0x7f, 17, 61));
    const { messages } = await readAll(answersOf(batches, { end: 52n }), { end: 52n });
    expect(saidOf(messages)).toEqual([...good(0, 1), 'lost 2 to 41', 'lost 42 to 48', ...good(49, 51)]);
  });

  it('does not take the good one between two damaged ones with it, whatever their lengths say', async () => {
    const batches = await givenBatches([2, 3, 1, 100, 2]);
    for (const at of [1, 3]) batches[at] = damaged(batches[at], (bytes) => bytes.writeInt32BE(-1, 8));
    const { messages } = await readAll(answersOf(batches, { end: 108n }), { end: 108n });
    expect(saidOf(messages)).toEqual([...good(0, 1), 'lost 2 to 4', ...good(5, 5), 'lost 6 to 105', ...good(106, 107)]);
  });

  it('does not lend its place to a batch far behind that claims it', async () => {
    const batches = await givenBatches([2, 3, 5, 4]);
    for (const at of [0, 1, 2]) batches[at] = damaged(batches[at], (bytes) => bytes.writeInt32BE(7, 17));
    batches[3] = damaged(batches[3], (bytes) => bytes.writeBigInt64BE(2n, 0));
    const { messages } = await readAll(answersOf(batches, { end: 14n }), { end: 14n });
    expect(saidOf(messages)).toEqual(['lost 0 to 1', 'lost 2 to 4', 'lost 5 to 9', 'lost 10 to 13']);
  });

  it('has the time of its neighbour, the same whenever it is read', async () => {
    const batches = await givenBatches([2, 5, 3]);
    batches[1] = damaged(batches[1], (bytes) => bytes.fill(0x7f, 27, 43));
    const read = async () => (await readAll(answersOf(batches, { end: 10n }), { end: 10n })).messages[2];
    const [first, second] = [await read(), await read()];
    expect(first?.timestamp).toBe('1764000000001');
    expect(second).toEqual(first);
  });

  it('is passed by its length where the broker itself believes what it says', async () => {
    const batches = await givenBatches([2, 5, 3]);
    // The broker looks an offset up by the last offsets that lie on its disk: it finds this batch for all that follow.
    batches[1] = { ...damaged(batches[1], (bytes) => bytes.writeInt32BE(10 ** 9, 23)), last: 10n ** 9n };
    const { messages } = await readAll(answersOf(batches, { end: 10n }), { end: 10n });
    expect(saidOf(messages)).toEqual([...good(0, 1), 'lost 2 to 6', ...good(7, 9)]);
  });

  it('is told as lost where the broker leaves it out, unless offsets may be missing by compaction', async () => {
    const batches = await givenBatches([2, 5, 3]);
    const without = batches.toSpliced(1, 1);
    const said = async (compacted: boolean | null) =>
      saidOf((await readAll(answersOf(without, { end: 10n }), { end: 10n, compacted })).messages);
    expect(await said(false)).toEqual([...good(0, 1), 'lost 2 to 6', ...good(7, 9)]);
    expect(await said(true)).toEqual([...good(0, 1), ...good(7, 9)]);
    expect(await said(null)).toEqual([...good(0, 1), ...good(7, 9)]);
  });

  it('holds up no other partition', async () => {
    const batches = await givenBatches([2]);
    const bad = [damaged(batches[0], (bytes) => bytes.writeInt32BE(7, 17))];
    const [goodOne, badOne] = [answersOf(batches, { end: 2n }), answersOf(bad, { end: 2n })];
    const fetch: Fetch = async (asked) => {
      const of = (partition: number) =>
        asked.topics.map((one) => ({
          ...one,
          partitions: one.partitions.filter((two) => two.partition === partition),
        }));
      const answers = await Promise.all([goodOne({ ...asked, topics: of(0) }), badOne({ ...asked, topics: of(1) })]);
      return { ...answers[0], responses: answers.flatMap(({ responses }) => responses) };
    };
    const reader = new FetchReader({ compacted: false, log: () => undefined, pausesMs: [60_000] });
    const partitions = [0, 1].map((partition) => ({ partition, fetchOffset: '0', maxBytes: 2 ** 20 }));
    for (let n = 0; n < 3; n += 1) {
      const { responses } = await reader.fetch({ maxWaitTime: 0, topics: [{ topic: TOPIC, partitions }] }, fetch);
      const said = responses.flatMap((one) => one.partitions.flatMap((two) => saidOf(two.messages)));
      expect(said).toEqual(good(0, 1));
    }
  });
});

describe('a log that is not damaged', () => {
  it('is read from the middle of a batch, in parts, and over holes', async () => {
    const batches = await givenBatches([4, 4, 4]);
    const inParts = answersOf(batches, { end: 12n, room: 1 });
    expect(saidOf((await readAll(inParts, { from: 2n, end: 12n })).messages)).toEqual(good(2, 11));
    const holes = [
      batches[0],
      { from: 6n, last: 9n, bytes: await givenBatch({ from: 6, lastOffset: 9, records: [] }) },
      { from: 20n, last: 20n, bytes: await givenBatch({ from: 20, records: [{ value: Buffer.from('v20') }] }) },
    ].filter((one) => one !== undefined);
    for (const room of [1, 2 ** 20]) {
      const { messages } = await readAll(answersOf(holes, { end: 30n, room }), { end: 21n, compacted: true });
      expect(saidOf(messages)).toEqual([...good(0, 3), 'end at 9', '20 v20']);
    }
  });
});

describe('whatever is changed in a log', () => {
  const someSizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 });
  const someChanges = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 6 });

  it('what is whole comes once, and what is not is lost exactly', async () => {
    const run = async (sizes: number[], changes: [number, number][], room: number) => {
      const batches = await givenBatches(sizes);
      const end = (batches.at(-1)?.last ?? 0n) + 1n;
      const all = Buffer.concat(batches.map(({ bytes }) => bytes));
      for (const [at, mask] of changes) all.writeUInt8(all.readUInt8(at % all.length) ^ mask, at % all.length);
      let at = 0;
      const spoilt = batches.map((one) => {
        const bytes = all.subarray(at, (at += one.bytes.length));
        return { ...one, bytes };
      });
      const { messages } = await readAll(answersOf(spoilt, { end, room }), { end });
      // Nobody needs the leader's epoch, which no checksum covers.
      const isWhole = (n: number) =>
        [0, 16].every((from, part) =>
          spoilt[n]?.bytes
            .subarray(from, part === 0 ? 12 : undefined)
            .equals(batches[n]?.bytes.subarray(from, part === 0 ? 12 : undefined) ?? all),
        );
      expect(saidOf(messages)).toEqual(
        batches.flatMap(({ from, last }, n) =>
          isWhole(n) ? good(Number(from), Number(last)) : [`lost ${from} to ${last}`],
        ),
      );
    };
    await fc.assert(fc.asyncProperty(someSizes, someChanges, fc.constantFrom(1, 300, 2 ** 20), run), { numRuns: 100 });
  });

  it('under a right checksum, offsets and times stay sensible', async () => {
    const run = async (changes: [number, number][]) => {
      const batches = await givenBatches([2, 5, 3]);
      batches[1] = damaged(batches[1], (bytes) => {
        for (const [at, mask] of changes) {
          const place = 21 + (at % (bytes.length - 21));
          bytes.writeUInt8(bytes.readUInt8(place) ^ mask, place);
        }
        resealed(bytes);
      });
      const { messages } = await readAll(answersOf(batches, { end: 10n }), { end: 10n });
      expect(saidOf(messages)).toEqual(expect.arrayContaining([...good(0, 1), ...good(7, 9)]));
      for (const { timestamp } of messages) expect(Number(timestamp)).toBeLessThan(Date.now() + 2 * 86_400_000);
    };
    await fc.assert(fc.asyncProperty(someChanges, run), { numRuns: 100 });
  });
});
