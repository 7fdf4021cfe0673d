import { gramsOfTerm, isShort, searchTerms } from '#libs/session';
import type { Parameters } from './parameters';

/** One word that is looked for, as SQL. */
export interface Term {
  /** A named subquery: the ids of the rooms that say it in their title, or whose host says it in the name. */
  named: string;
  /** Whether a session `s` with its text `t` says it, or its room. */
  says: string;
  /** The ids of all sessions that say it, some of them twice. */
  found: string;
  /** The placeholder of its grams. */
  grams: string;
}

/** The words of `q`. An index finds what has all grams of one; whether it has the word itself is then looked at. */
export function termsOf(q: string | undefined, parameters: Parameters): Term[] {
  return searchTerms(q ?? '').map((term, at) => termOf(term, `rooms_saying_${at}`, parameters));
}

/** `rooms`: a name for the subquery. */
export function termOf(term: string, rooms: string, parameters: Parameters): Term {
  const grams = `${parameters.add(gramsOfTerm(term))}::text[]`;
  const text = isShort(term) ? null : `${parameters.add(term)}::text`;
  // The grams of a short term say all about it.
  const inText = (alias: string) =>
    text === null ? `${alias}.grams @> ${grams}` : `strpos(${alias}.folded, ${text}) > 0`;
  return {
    named: `${rooms} AS MATERIALIZED (
      SELECT x.id FROM reference_texts x WHERE x.kind = 'room' AND x.grams @> ${grams} AND ${inText('x')}
      UNION
      SELECT r.id FROM reference_texts x JOIN reference_data r ON r.kind = 'room' AND r.state ->> 'host_id' = x.id::text
      WHERE x.kind = 'host' AND x.grams @> ${grams} AND ${inText('x')})`,
    says: `(${inText('t')} OR s.room_id IN (SELECT id FROM ${rooms}))`,
    found: `SELECT x.session_id AS id FROM session_texts x WHERE x.grams @> ${grams} AND ${inText('x')}
      UNION ALL
      SELECT s.id FROM sessions s WHERE s.listed AND s.room_id = ANY (ARRAY(SELECT id FROM ${rooms}))`,
    grams,
  };
}
