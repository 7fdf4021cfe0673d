import type { QueryRunner } from 'typeorm';
import { advance } from '../ingest/ingest-progress';
import { type QuarantineBudget, putInQuarantine } from '../quarantine/put-in-quarantine';
import type { Loggable } from './loggable';
import { type Bad, IdentityConflict, type SliceEvidence } from './slice';

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

/** With the events whose identity is known with other data. `ofOtherKind`: they are about an id that is another kind of entity. */
export function withConflicts(
  evidence: SliceEvidence,
  conflicts: ReadonlySet<Loggable>,
  ofOtherKind: ReadonlySet<Loggable> = new Set(),
): SliceEvidence {
  const known: Bad[] = [...conflicts].map(({ origin, event }) => ({
    ...origin,
    kind: 'record',
    source: event.source,
    reason: 'id-conflict',
    error: `an event with source ${event.source} and id ${event.id} is known with other data`,
  }));
  const other: Bad[] = [...ofOtherKind].map(({ origin, event }) => ({
    ...origin,
    kind: 'record',
    source: event.source,
    reason: 'kind-conflict',
    error: `subject: ${event.type} is about ${event.subject}, which is known as another kind of entity`,
  }));
  const conflicting = [...known, ...other];
  const [first] = conflicting;
  if (first && evidence.conflicts === 'throw') throw new IdentityConflict(first);
  return { ...evidence, bad: [...evidence.bad, ...conflicting] };
}
