import { searchText } from '#libs/session';
import type { QueryRunner } from 'typeorm';
import { ofText } from './against-folds';
import { type Difference, NOTHING } from './difference';
import type { PageRange } from './page-range';

interface Row {
  id: string;
  kind: 'room' | 'host' | 'preset' | null;
  text: string | null;
  text_kind: string | null;
  fold_version: number;
  folded: string;
  grams: string[];
}

/** What the searched texts of rooms and hosts say otherwise than the rooms and hosts; and how many there are of these. */
export async function textsAgainstEntities(
  runner: QueryRunner,
  { from, to }: PageRange,
): Promise<{ differences: Difference[]; searched: number }> {
  const rows = (await runner.query(TEXTS, [from, to])) as Row[];
  return {
    differences: rows.flatMap(differencesOf),
    searched: rows.filter(({ kind }) => kind === 'room' || kind === 'host').length,
  };
}

function differencesOf({ id, kind, text, text_kind: textKind, fold_version, folded, grams }: Row): Difference[] {
  const where = 'reference_texts';
  if (kind !== 'room' && kind !== 'host') {
    if (textKind === null) return [];
    return [{ kind: 'entity text', id, where, expected: NOTHING, found: `the text of a ${textKind}` }];
  }
  if (textKind !== null && textKind !== kind) {
    return [{ kind: 'entity text', id, where: `${where}.kind`, expected: kind, found: textKind }];
  }
  const found = textKind === null ? undefined : { fold_version, folded, grams };
  return ofText('entity text', id, where, searchText([text]), found);
}

const TEXTS = `
  SELECT coalesce(r.id, t.id) AS id, r.kind,
    CASE r.kind WHEN 'room' THEN r.state ->> 'title' WHEN 'host' THEN r.state ->> 'username' END AS text,
    t.kind AS text_kind, t.fold_version, t.folded, t.grams
  FROM (SELECT * FROM reference_data WHERE id BETWEEN $1 AND $2) r
  FULL JOIN (SELECT * FROM reference_texts WHERE id BETWEEN $1 AND $2) t ON t.id = r.id`;
