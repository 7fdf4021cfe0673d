import { parseStat } from '../machinery/cpu';
import { readFlags } from '../machinery/flags';
import { interleave } from '../machinery/interleave';
import { type BenchResult, benchResult, resultOf } from '../machinery/result';
import { median, medians } from '../machinery/summary';
import { tableOf } from '../machinery/table';

const about = { name: 'given', date: '2026-01-02T03:04:05.000Z', machine: 'a machine', runs: 3, scale: 1 };

function given(): BenchResult {
  return resultOf(
    about,
    {
      headline: 'events/s',
      targets: [
        { name: 'faster', metric: 'events/s', against: 'a peer', bound: { atLeast: 2 } },
        { name: 'cheaper', metric: 'µs', against: 'a peer', bound: { atMost: 0.1 } },
        { name: 'unheard of', metric: 'bytes', bound: { atMost: 1 } },
      ],
    },
    new Map([
      [
        'ours',
        [
          { 'events/s': 30, µs: 5 },
          { 'events/s': 10, µs: 7 },
          { 'events/s': 20, µs: 6 },
        ],
      ],
      ['a peer', [{ 'events/s': 10, µs: 12 }]],
    ]),
  );
}

describe('the machinery of benches', () => {
  it('takes the middle run, whatever the order', () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
    expect(medians([{ a: 1 }, { a: 3, b: 7 }, { a: 2 }])).toEqual({ a: 2, b: 7 });
  });

  it('runs everybody in turn, not one after the other', async () => {
    const order: string[] = [];
    const contestant = (name: string) => ({ name, run: async () => ({ turn: order.push(name) }) });
    const runs = await interleave(
      { ours: contestant('ours'), against: [contestant('a'), contestant('b')] },
      2,
      () => {},
    );
    expect(order).toEqual(['ours', 'a', 'b', 'ours', 'a', 'b']);
    expect(runs.get('a')).toEqual([{ turn: 2 }, { turn: 5 }]);
  });

  it('holds medians against targets; what was not measured is not met', () => {
    const result = given();
    expect(result).toMatchObject({ metric: 'events/s', ours: 20, against: [{ name: 'a peer', value: 10 }] });
    expect(result.ratios).toEqual([
      { name: 'faster', value: 2, target: '≥ 2', met: true },
      { name: 'cheaper', value: 0.5, target: '≤ 0.1', met: false },
      { name: 'unheard of', value: null, target: '≤ 1', met: false },
    ]);
    expect(benchResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  });

  it('shows a table with every metric and every target', () => {
    const lines = tableOf(given()).split('\n');
    expect(lines).toContain('             ours   a peer');
    expect(lines).toContain('  events/s     20       10');
    expect(lines.find((line) => line.includes('faster'))).toMatch(/faster +2 +≥ 2 +yes$/);
    expect(lines.find((line) => line.includes('unheard'))).toMatch(/unheard of +– +≤ 1 +no$/);
  });

  it('reads the CPU time of a process with any name, and of its children', () => {
    const fields = ['S', '77', ...Array.from({ length: 9 }, () => '0'), '150', '50', '20', '5', '20'];
    expect(parseStat(`4242 (a) b (c)) ${fields.join(' ')}`)).toEqual({ parent: 77, cpuSeconds: 2.25 });
  });

  it('says what is wrong with its flags', () => {
    expect(readFlags([], ['a', 'b'])).toMatchObject({ names: ['a', 'b'], runs: 3, scale: 1 });
    expect(() => readFlags(['c'], ['a', 'b'])).toThrow('there is no bench c; there are a, b');
    expect(() => readFlags(['--runs', '0'], ['a'])).toThrow('--runs: must be a whole number from 1, is 0');
    expect(() => readFlags(['--scale', 'x'], ['a'])).toThrow('--scale: must be above 0 and at most 10, is x');
  });
});
