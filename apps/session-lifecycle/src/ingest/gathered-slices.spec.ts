import type { Slice } from '#libs/event-log';
import { GatheredSlices, type Outcomes } from './gathered-slices';

const LIMITS = { full: 100, apartMs: 50, firstMs: 5, atOnce: 2 };

function slice(partition: number, messages: number): Slice {
  const record = { key: null, value: null, headers: {}, timestamp: 0, offset: '0' };
  const records = Array.from({ length: messages }, () => record);
  return { topic: 'viewers', partition, records, fromOffset: '0', nextOffset: String(messages) };
}

/** Groups are noted when they begin, and end when the test says so. */
function given({ mayGather = true } = {}) {
  const groups: number[][] = [];
  const ends: ((outcomes?: Outcomes) => void)[] = [];
  const gathered = new GatheredSlices({
    limits: LIMITS,
    mayGather: () => mayGather,
    isOutage: (error) => error === 'away',
    record: (group) => {
      groups.push(group.map(({ partition }) => partition));
      const taken: Outcomes = group.map(({ nextOffset: value }) => ({ status: 'fulfilled', value }));
      return new Promise((resolve) => {
        ends.push((outcomes = taken) => resolve(outcomes));
      });
    },
  });
  return { groups, ends, gathered };
}

describe('slices of several partitions', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('that come together are one group', async () => {
    const { groups, ends, gathered } = given();
    const taken = Promise.all([0, 1, 2].map((partition) => gathered.take(slice(partition, partition + 1))));
    await jest.advanceTimersByTimeAsync(5);
    expect(groups).toEqual([[0, 1, 2]]);
    ends[0]?.();
    expect(await taken).toEqual(['1', '2', '3']);
  });

  it('begin no more than one group in the time between two, and none waits for longer', async () => {
    const { groups, ends, gathered } = given();
    void gathered.take(slice(0, 1));
    await jest.advanceTimersByTimeAsync(5);
    ends[0]?.();
    void gathered.take(slice(1, 1));
    await jest.advanceTimersByTimeAsync(30);
    void gathered.take(slice(2, 1));
    await jest.advanceTimersByTimeAsync(19);
    expect(groups).toEqual([[0]]);
    await jest.advanceTimersByTimeAsync(1);
    expect(groups).toEqual([[0], [1, 2]]);
  });

  it('do not wait where they are full', async () => {
    const { groups, gathered } = given();
    void gathered.take(slice(0, 60));
    expect(groups).toEqual([]);
    void gathered.take(slice(1, 60));
    expect(groups).toEqual([[0]]);
    await jest.advanceTimersByTimeAsync(50);
    expect(groups).toEqual([[0], [1]]);
  });

  it('wait for those under way where there are as many as may be at once', async () => {
    const { groups, ends, gathered } = given();
    for (const partition of [0, 1, 2, 3]) void gathered.take(slice(partition, 100));
    await jest.advanceTimersByTimeAsync(1000);
    expect(groups).toEqual([[0], [1]]);
    ends[1]?.();
    await jest.advanceTimersByTimeAsync(0);
    expect(groups).toEqual([[0], [1], [2]]);
  });

  it('go alone while they may not be gathered', () => {
    const { groups, gathered } = given({ mayGather: false });
    for (const partition of [0, 1]) void gathered.take(slice(partition, 1));
    expect(groups).toEqual([[0], [1]]);
  });

  it('have each the outcome of their own', async () => {
    const { ends, gathered } = given();
    const taken = Promise.allSettled([gathered.take(slice(0, 1)), gathered.take(slice(1, 1))]);
    await jest.advanceTimersByTimeAsync(5);
    const outcomes: Outcomes = [
      { status: 'rejected', reason: 'broken' },
      { status: 'fulfilled', value: '0' },
    ];
    ends[0]?.(outcomes);
    expect(await taken).toEqual(outcomes);
  });

  it('that wait behind an outage hear of it at once', async () => {
    const { groups, ends, gathered } = given();
    const taken = Promise.allSettled([0, 1, 2].map((partition) => gathered.take(slice(partition, 100))));
    ends[0]?.([{ status: 'rejected', reason: 'away' }]);
    ends[1]?.([{ status: 'rejected', reason: 'away' }]);
    expect((await taken).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(groups).toEqual([[0], [1]]);
  });
});
