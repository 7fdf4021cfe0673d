import type { QueryRunner } from 'typeorm';
import { insertSignals, updateSignals } from '../signals/write-signals';
import { writeTexts } from '../texts/write-texts';
import type { Move } from '../totals/keep-totals';
import type { DerivedSession } from './derive-held';
import type { SignalsRow } from './lock-folds';
import { insertFolds, updateFolds } from './write-folds';
import { type ShownBefore, insertSessions, updateSessions } from './write-sessions';

export interface Written {
  /** What is moved in the totals. */
  moves: Move[];
  /** How the known sessions were shown whose content is another now. */
  before: Map<string, ShownBefore>;
}

/** Writes of each session what is not as it was: the fold, the signals, the wide row with the content, the texts. */
export async function writeDerived(runner: QueryRunner, sessions: readonly DerivedSession[]): Promise<Written> {
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
  const before = new Map(shownBefore.map((one) => [one.id, one]));
  const moves = sorted
    .filter(({ changed }) => changed)
    .map(({ id, content }) => ({ from: listedStatus(before.get(id)), to: listedStatus(content) }));
  return { moves, before };
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
function listedStatus(shown: Pick<ShownBefore, 'listed' | 'status'> | undefined): Move['to'] {
  return shown?.listed ? shown.status : null;
}

function hasOtherFold({ before, changed, fold }: DerivedSession): boolean {
  return changed || before?.fold !== fold;
}

function hasOtherSignals({ before, signals }: DerivedSession): boolean {
  return (Object.keys(signals) as (keyof SignalsRow)[]).some((name) => before?.signals[name] !== signals[name]);
}
