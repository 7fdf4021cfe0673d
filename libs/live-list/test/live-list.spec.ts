import fc from 'fast-check';
import { transcripts } from './model/hidden';
import { runAll, steps, wishes } from './model/run';

const numRuns = Number(process.env['FAST_CHECK_RUNS'] ?? 300);

describe('the live list, whatever happens in whatever order', () => {
  it('shows each client exactly the list of its position, and at quiet what Postgres says', () => {
    fc.assert(
      fc.property(wishes, steps, (wanted, schedule) => {
        runAll(wanted, schedule);
      }),
      { numRuns },
    );
  });

  it('C16: says the same, byte for byte, in two worlds that differ in hidden counts only', () => {
    fc.assert(
      fc.property(wishes, steps, (wanted, schedule) => {
        const [one, other] = transcripts(wanted, schedule);
        expect(other).toBe(one);
      }),
      { numRuns: numRuns / 2 },
    );
  });
});
