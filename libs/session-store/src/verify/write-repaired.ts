import type { QueryRunner } from 'typeorm';
import type { DerivedSession } from '../folds/derive-held';
import { updateFolds } from '../folds/write-folds';
import { insertSessions, updateSessions } from '../folds/write-sessions';
import { insertSignals, updateSignals } from '../signals/write-signals';
import { writeTexts } from '../texts/write-texts';
import { keepTotals } from '../totals/keep-totals';
import type { LockedFold } from './lock-to-repair';

export interface RepairedSession {
  row: LockedFold;
  to: DerivedSession;
}

/** Writes all that is derived of sessions, whatever stands there, with versions that are greater than those that were. */
export async function writeRepaired(runner: QueryRunner, repaired: readonly RepairedSession[]): Promise<void> {
  await updateFolds(
    runner,
    repaired.map(({ row, to: { id, content, digest } }) => {
      return { id, version: versionAfter(row), room_id: content.room_id, content: digest, fold: row.fold };
    }),
  );
  const known = repaired.filter(({ row }) => row.shownVersion !== null);
  const missing = repaired.filter(({ row }) => row.shownVersion === null);
  const shownBefore = await updateSessions(runner, known.map(sessionRow));
  await insertSessions(runner, missing.map(sessionRow));
  await updateSignals(runner, repaired.filter(({ row }) => row.hasSignals).map(signalsRow));
  await insertSignals(runner, repaired.filter(({ row }) => !row.hasSignals).map(signalsRow));
  await writeTexts(
    runner,
    repaired.map(({ to: { id, content } }) => ({ id, title: content.title, description: content.description })),
  );
  const before = new Map(shownBefore.map(({ id, listed, status }) => [id, listed ? status : null]));
  await keepTotals(
    runner,
    repaired.map(({ to: { id, content } }) => {
      return { from: before.get(id) ?? null, to: content.listed ? content.status : null };
    }),
  );
}

const sessionRow = ({ row, to }: RepairedSession) => ({ ...to.content, version: versionAfter(row) });
const signalsRow = ({ to }: RepairedSession) => ({ session_id: to.id, ...to.signals });

function versionAfter({ version, shownVersion }: LockedFold): number {
  return Math.max(version, shownVersion ?? 0) + 1;
}
