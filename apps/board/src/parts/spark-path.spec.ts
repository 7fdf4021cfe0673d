import { sparkPath } from './spark-path';

const MINUTE = 60_000;

describe('a line of half an hour', () => {
  it('ends at the right, and begins where its first count was', () => {
    expect(
      sparkPath(
        [
          { at: 0, count: 0 },
          { at: 15 * MINUTE, count: 10 },
        ],
        100,
        24,
      ),
    ).toEqual({ line: 'M50.0 22.0L100.0 2.0', start: 50 });
  });

  it('shows what moves among great numbers', () => {
    const { line } = sparkPath(
      [
        { at: 0, count: 1000 },
        { at: 30 * MINUTE, count: 1010 },
      ],
      100,
      24,
    );
    expect(line).toBe('M0.0 16.3L100.0 2.0');
  });

  it('is flat where nothing moves, and nothing with one count', () => {
    expect(
      sparkPath(
        [
          { at: 0, count: 5 },
          { at: MINUTE, count: 5 },
        ],
        100,
        24,
      ).line,
    ).toBe('M96.7 22.0L100.0 22.0');
    expect(sparkPath([{ at: 0, count: 5 }], 100, 24).line).toBe('');
  });
});
