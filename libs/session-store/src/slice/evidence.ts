import type { QueryRunner } from 'typeorm';
import { advance } from '../ingest/ingest-progress';
import { type QuarantineBudget, putInQuarantine } from '../quarantine/put-in-quarantine';
import type { SliceEvidence } from './slice';

/** Writes the unreadable of a slice and how far it goes. */
export async function writeEvidence(
  runner: QueryRunner,
  evidence: SliceEvidence,
  budget: QuarantineBudget,
): Promise<void> {
  await writeEvidences(runner, [evidence], budget);
}

/** The same of slices of several partitions. */
export async function writeEvidences(
  runner: QueryRunner,
  evidences: readonly SliceEvidence[],
  budget: QuarantineBudget,
): Promise<void> {
  await putInQuarantine(
    runner,
    evidences.flatMap(({ bad }) => bad),
    budget,
  );
  await advance(
    runner,
    evidences.flatMap(({ progress }) => progress ?? []),
  );
}
