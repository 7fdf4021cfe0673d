import { every } from './every';

/** Lets a test decide when each run ends, and how. */
class Runs {
  begun = 0;
  private readonly waiting: ((error?: Error) => void)[] = [];
  private readonly counted = new Map<number, () => void>();

  readonly work = () =>
    new Promise<void>((resolve, reject) => {
      this.begun += 1;
      this.waiting.push((error) => (error ? reject(error) : resolve()));
      this.counted.get(this.begun)?.();
    });

  end(error?: Error): void {
    this.waiting.shift()?.(error);
  }

  hasBegun(count: number): Promise<void> {
    if (this.begun >= count) return Promise.resolve();
    return new Promise((resolve) => this.counted.set(count, resolve));
  }
}

describe('periodic work', () => {
  let lines: [string, object][];
  const log = {
    warn: (fields: object) => void lines.push(['warn', fields]),
    info: (fields: object) => void lines.push(['info', fields]),
  };
  beforeEach(() => {
    lines = [];
  });

  it('says once that it fails, and once that it works again', async () => {
    const runs = new Runs();
    const periodic = every(1, 'looking', log, runs.work);
    for (const [index, error] of [undefined, new Error('first'), new Error('second'), undefined, undefined].entries()) {
      await runs.hasBegun(index + 1);
      runs.end(error);
    }
    await runs.hasBegun(6);
    runs.end();
    await periodic.stop();
    expect(lines).toEqual([
      ['warn', { work: 'looking', err: new Error('first') }],
      ['info', { work: 'looking', failedForMs: expect.any(Number), runs: 2 }],
    ]);
  });

  it('says it again when it fails anew', async () => {
    const runs = new Runs();
    const periodic = every(1, 'looking', log, runs.work);
    for (const [index, error] of [new Error('once'), undefined, new Error('again')].entries()) {
      await runs.hasBegun(index + 1);
      runs.end(error);
    }
    await runs.hasBegun(4);
    runs.end();
    await periodic.stop();
    expect(lines.map(([level]) => level)).toEqual(['warn', 'info', 'warn', 'info']);
  });

  it('never overlaps, and its end waits for the run at hand', async () => {
    jest.useFakeTimers();
    try {
      const runs = new Runs();
      const periodic = every(10, 'looking', log, runs.work);
      await jest.advanceTimersByTimeAsync(1000);
      expect(runs.begun).toBe(1);
      let isOver = false;
      const stopping = async () => {
        await periodic.stop();
        isOver = true;
      };
      const stopped = stopping();
      await jest.advanceTimersByTimeAsync(1000);
      expect(isOver).toBe(false);
      runs.end(new Error('the process ends'));
      await stopped;
      await jest.advanceTimersByTimeAsync(1000);
      expect(runs.begun).toBe(1);
      expect(lines).toEqual([]);
    } finally {
      jest.useRealTimers();
    }
  });
});
