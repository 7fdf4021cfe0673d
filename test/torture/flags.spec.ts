import { readFlags } from './flags';

describe('the flags of torture', () => {
  it('are ten minutes of all faults with seed 1 when nothing is said', () => {
    expect(readFlags([])).toMatchObject({ minutes: 10, seed: 1, faults: [], bug: undefined });
  });

  it('name kinds of faults', () => {
    const { faults } = readFlags(['--faults', 'kill -9 kafka,redis emptied']) as { faults: string[] };
    expect(faults).toEqual(['kill -9 kafka', 'redis emptied']);
    expect(readFlags(['--faults', 'none'])).toMatchObject({ faults: ['none'] });
  });

  it('name what is left out', () => {
    const args = ['--without', 'identity storm,poisoned headers'];
    expect(readFlags(args)).toMatchObject({ without: ['identity storm', 'poisoned headers'] });
    expect(readFlags([])).toMatchObject({ without: [] });
  });

  it.each([
    [['--without', 'storms'], '--without: there is no storms; there are kill -9 lifecycle,'],
    [['--faults', 'kill kafka'], '--faults: there is no kill kafka; there are kill -9 lifecycle,'],
    [['--minutes', 'ten'], '--minutes: ten is not a number from 0.05 to 1440'],
    [['--sed', '7'], "Unknown option '--sed'"],
  ])('refuse %j', (args, why) => {
    expect(() => readFlags(args)).toThrow(why);
  });
});
