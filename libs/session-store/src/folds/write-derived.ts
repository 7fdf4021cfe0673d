import type { QueryRunner } from 'typeorm';
import { insertSignals, updateSignals } from '../signals/write-signals';
import { writeTexts } from '../texts/write-texts';
import type { Move } from '../totals/keep-totals';
import type { DerivedSession } from './derive-held';
import type { SignalsRow } from './lock-folds';
import { insertFolds, updateFolds } from './write-folds';
import { type ShownBefore, insertSessions, updateSessions } from './write-sessions';

/**
 * Writes of each session what is not as it was: the fold, the signals, the wide row with the content, the texts. Gives
 * what that moves in the totals.
 */
export async function writeDerived(runner: QueryRunner, sessions: readonly DerivedSession[]): Promise<Move[]> {
  const sorted = [...sessions].sort((a, b) => (a.id < b.id ? -1 : 1));
  const added = sorted.filter(({ before }) => before === undefined);
  const known = sorted.filter(({ before }) => before !== undefined);
  await insertFolds(runner, added.map(foldRow));
  await insertSignals(runner, added.map(signalsRow));
  await insertSessions(runner, added.map(sessionRow));
  await updateFolds(runner, known.filter(hasOtherFold).map(foldRow));
  await updateSignals(runner, known.filter(hasOtherSignals).map(signalsRow));
  const shownBefore = await updateSessions(runner, known.filter(({ changed }) => changed).map(sessionRow));
  await writeTexts(runner, sorted.filter(({ textsChanged }) => textsChanged).map(textsOf));
  const before = new Map(shownBefore.map((one) => [one.id, listedStatus(one)]));
  return sorted
    .filter(({ changed }) => changed)
    .map(({ id, content }) => ({ from: before.get(id) ?? null, to: listedStatus(content) }));
}

const foldRow = ({ id, version, content, digest, fold }: DerivedSession) => ({
  id,
  version,
  room_id: content.room_id,
  content: digest,
  fold,
});
const signalsRow = ({ id, signals }: DerivedSession) => ({ session_id: id, ...signals });
const sessionRow = ({ content, version }: DerivedSession) => ({ ...content, version });
const textsOf = ({ id, content: { title, description } }: DerivedSession) => ({ id, title, description });

/** null: no list shows it. */
function listedStatus({ listed, status }: Pick<ShownBefore, 'listed' | 'status'>): Move['to'] {
  return listed ? status : null;
}

function hasOtherFold({ before, changed, fold }: DerivedSession): boolean {
  return changed || before?.fold !== fold;
}

function hasOtherSignals({ before, signals }: DerivedSession): boolean {
  return (Object.keys(signals) as (keyof SignalsRow)[]).some((name) => before?.signals[name] !== signals[name]);
}
