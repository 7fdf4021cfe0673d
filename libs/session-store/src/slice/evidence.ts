import type { QueryRunner } from 'typeorm';
import { advance } from '../ingest/ingest-progress';
import { type QuarantineBudget, putInQuarantine } from '../quarantine/put-in-quarantine';
import type { SliceEvidence } from './slice';

/** Writes the unreadable of a slice and how far it goes. */
export async function writeEvidence(
  runner: QueryRunner,
  { bad, progress }: SliceEvidence,
  budget: QuarantineBudget,
): Promise<void> {
  await putInQuarantine(runner, bad, budget);
  if (progress) await advance(runner, progress);
}
