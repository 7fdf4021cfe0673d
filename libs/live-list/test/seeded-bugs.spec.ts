import fc from 'fast-check';
import { runAll, steps, wishes } from './model/run';
import { SEEDED_BUGS } from './model/seeded-bugs';

/** Whether the properties notice. Seeded, so that a bug found once is found always. */
function isRed(bugs: Parameters<typeof runAll>[2]): boolean {
  const details = fc.check(
    fc.property(wishes, steps, (wanted, schedule) => {
      runAll(wanted, schedule, bugs);
    }),
    { numRuns: 20_000, seed: 5, endOnFailure: true },
  );
  return details.failed;
}

describe('a bug put in turns the properties red', () => {
  it.each(SEEDED_BUGS)('$name', ({ bugs, seed }) => {
    const undo = seed?.();
    try {
      expect(isRed(bugs)).toBe(true);
    } finally {
      undo?.();
    }
  });
});
