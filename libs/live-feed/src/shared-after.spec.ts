import { SharedAfter } from './shared-after';

/** Reads that end when they are told to. */
function givenReads() {
  const ends: ((value: number) => void)[] = [];
  const gone: AbortSignal[] = [];
  const shared = new SharedAfter(
    ({ signal }) =>
      new Promise<number>((resolve) => {
        ends.push(resolve);
        gone.push(signal);
      }),
  );
  const immediate = () => new Promise((resolve) => setImmediate(resolve));
  // What is asked in one turn of the event loop is read in the next.
  const turn = async () => {
    await immediate();
    await immediate();
  };
  return { ends, gone, shared, turn };
}

describe('a read that callers share', () => {
  it('is one for all that call before it begins', async () => {
    const { ends, shared, turn } = givenReads();
    const asked = [shared.ask(), shared.ask()];
    await turn();
    expect(ends).toHaveLength(1);
    ends[0]?.(7);
    expect(await Promise.all(asked)).toEqual([7, 7]);
    expect(shared.isIdle).toBe(true);
  });

  it('is one for all that call in the same turn of the event loop', async () => {
    const { ends, shared, turn } = givenReads();
    const first = shared.ask();
    await Promise.resolve();
    const second = shared.ask();
    await turn();
    expect(ends).toHaveLength(1);
    ends[0]?.(3);
    expect(await Promise.all([first, second])).toEqual([3, 3]);
  });

  it('is never one that had begun before the call', async () => {
    const { ends, shared, turn } = givenReads();
    const first = shared.ask();
    await turn();
    const later = [shared.ask(), shared.ask()];
    await turn();
    expect(ends).toHaveLength(1);
    ends[0]?.(1);
    expect(await first).toBe(1);
    await turn();
    expect(ends).toHaveLength(2);
    ends[1]?.(2);
    expect(await Promise.all(later)).toEqual([2, 2]);
  });

  it('is told when all of its callers have gone, and not before', async () => {
    const { gone, shared, turn } = givenReads();
    const [one, other] = [new AbortController(), new AbortController()];
    void shared.ask(one.signal);
    void shared.ask(other.signal);
    await turn();
    one.abort();
    expect(gone.map(({ aborted }) => aborted)).toEqual([false]);
    other.abort();
    expect(gone.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('goes on for a caller that came when the others had gone, and for one that cannot go', async () => {
    const { gone, shared, turn } = givenReads();
    const [one, other] = [new AbortController(), new AbortController()];
    void shared.ask(one.signal);
    one.abort();
    void shared.ask();
    void shared.ask(other.signal);
    await turn();
    other.abort();
    expect(gone.map(({ aborted }) => aborted)).toEqual([false]);
  });

  it('is told at once when all had gone before it begins', async () => {
    const { gone, shared, turn } = givenReads();
    const one = new AbortController();
    void shared.ask(one.signal);
    one.abort();
    await turn();
    expect(gone.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('fails for those that shared it only', async () => {
    let fails = true;
    const shared = new SharedAfter(async () => {
      if (fails) throw new Error('away');
      return 'here';
    });
    const first = shared.ask();
    await expect(first).rejects.toThrow('away');
    fails = false;
    expect(await shared.ask()).toBe('here');
    expect(shared.isIdle).toBe(true);
  });
});
