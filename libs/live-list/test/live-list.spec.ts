import fc from 'fast-check';
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
});
