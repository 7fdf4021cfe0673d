import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Leaving, LeavingStep } from './leaving';

/** Whether a table has nothing left that is old, or its time was over before that. */
export type LetLeave = 'all-left' | 'more-is-left';

/**
 * Lets leave what is old, step by step, for a while at most. After each step it pauses for as long as the step took, so that
 * whoever writes beside it has his half of the database. `goesOn`: asked before each step; false ends it.
 */
export async function letLeave(
  leaving: Leaving,
  source: DataSource,
  now: number,
  told: {
    forMs: number;
    signal: AbortSignal;
    goesOn: () => Promise<boolean>;
    onStep: (step: LeavingStep) => void;
  },
): Promise<LetLeave> {
  const { forMs, signal, goesOn, onStep } = told;
  const start = performance.now();
  while (performance.now() - start < forMs && !signal.aborted && (await goesOn())) {
    const before = performance.now();
    const step = await leaving.step(source, now);
    onStep(step);
    if (!step.more) return 'all-left';
    await wait(performance.now() - before, undefined, { signal }).catch(() => undefined);
  }
  return 'more-is-left';
}
