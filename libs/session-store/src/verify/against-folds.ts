import { FOLD_VERSION, compareTokens, gramsOf, searchText } from '#libs/session';
import type { EventToken } from '#libs/session';
import { type DerivedSession, deriveHeld } from '../folds/derive-held';
import { storedSession } from '../stored-rows';
import { type Difference, NOTHING } from './difference';
import { differingFields } from './differing-fields';
import type { KeptSession } from './kept-sessions';

/** What a session's tables say otherwise than its fold, with the claims of its room, says. */
export function againstFold(kept: KeptSession): Difference[] {
  const { id, fold } = kept;
  if (!fold) return withoutFold(kept);
  if (!fold.record) return [{ kind: 'fold', id, where: 'session_folds.fold', expected: 'a fold', found: 'unreadable' }];
  const derived = deriveHeld(fold.record, undefined, kept.takeover);
  return [
    ...ofFold(kept, derived),
    ...ofContent(kept, derived),
    ...ofSignals(kept, derived),
    ...ofTexts(kept, derived),
    ...ofClaims(kept),
  ];
}

function withoutFold({ id, row, signals, texts }: KeptSession): Difference[] {
  const left = [
    ['session', 'sessions', row],
    ['signals', 'session_signals', signals],
    ['text', 'session_texts', texts],
  ] as const;
  return left.flatMap(([kind, where, found]) =>
    found === undefined ? [] : [{ kind, id, where, expected: `${NOTHING}, there is no fold`, found: 'a row' }],
  );
}

function ofFold({ id, fold }: KeptSession, { content, digest }: DerivedSession): Difference[] {
  const expected = { room_id: content.room_id, content: digest.toString('hex') };
  const found = { room_id: fold?.roomId, content: fold?.digest.toString('hex') };
  return asDifference('fold', id, 'session_folds', expected, found);
}

function ofContent({ id, fold, row }: KeptSession, { content }: DerivedSession): Difference[] {
  if (!row) return [{ kind: 'session', id, where: 'sessions', expected: 'a row', found: NOTHING }];
  const { listed, deleted } = row;
  const expected = { ...content, version: fold?.version };
  return asDifference('session', id, 'sessions', expected, { ...storedSession(row), listed, deleted });
}

/** A look may be planned before it is needed; it finds the true time. */
function ofSignals({ id, signals }: KeptSession, { signals: derived }: DerivedSession): Difference[] {
  if (!signals) return [{ kind: 'signals', id, where: 'session_signals', expected: 'a row', found: NOTHING }];
  const isEarlier = signals.due !== null && derived.due !== null && signals.due <= derived.due;
  const due = isEarlier ? signals.due : derived.due;
  return asDifference('signals', id, 'session_signals', { ...derived, due }, signals);
}

/** A session that never had a text needs no row. */
function ofTexts({ id, texts }: KeptSession, { content: { title, description } }: DerivedSession): Difference[] {
  if (!texts && title === null && description === null) return [];
  return ofText('text', id, 'session_texts', searchText([title, description]), texts);
}

/** The same of any searched text. */
export function ofText(
  kind: string,
  id: string,
  where: string,
  folded: string,
  found: { fold_version: number; folded: string; grams: string[] } | undefined,
): Difference[] {
  if (!found) return [{ kind, id, where, expected: 'a row', found: NOTHING }];
  return asDifference(kind, id, where, { fold_version: FOLD_VERSION, folded, grams: gramsOf(folded) }, found);
}

/** Starts between the first and the last one are claims that a fold does not know. */
function ofClaims({ id, fold, claims }: KeptSession): Difference[] {
  const found: Difference[] = [];
  const where = 'room_claims';
  if (claims && claims.elsewhere > 0) {
    const room = fold?.roomId ?? 'no room';
    const told = `${claims.elsewhere} on ${claims.otherRoom ?? 'no room'}`;
    found.push({ kind: 'claim', id, where: 'room_claims.room_id', expected: `all on ${room}`, found: told });
  }
  const { first_start: first, last_start: last, left_at: leftAt } = fold?.record ?? {};
  // One that left and came back knows nothing of its starts before; claims of those may have stayed behind a neighbour.
  const mayHaveOlder = leftAt !== undefined;
  if (!(mayHaveOlder || isSame(first, claims?.first)) || !isSame(last, claims?.last)) {
    const [expected, is] = [lineOf(first, last), lineOf(claims?.first, claims?.last)];
    found.push({ kind: 'claim', id, where, expected, found: is });
  }
  return found;
}

function isSame(a: EventToken | undefined, b: EventToken | undefined): boolean {
  return a === undefined || b === undefined ? a === b : compareTokens(a, b) === 0;
}

function lineOf(first: EventToken | undefined, last: EventToken | undefined): string {
  if (!first || !last) return NOTHING;
  const told = ({ at, source, id }: EventToken) => `${new Date(at / 1000).toISOString()} ${source} ${id}`;
  return isSame(first, last) ? told(first) : `${told(first)} to ${told(last)}`;
}

function asDifference(kind: string, id: string, where: string, expected: object, found: object): Difference[] {
  const differing = differingFields(expected, found);
  if (!differing) return [];
  const { names, ...told } = differing;
  return [{ kind, id, where: `${where}.${names.join(', ')}`, ...told }];
}
