import type { ListQuery, SessionStatus } from '#libs/contracts';
import type { Parameters } from './parameters';
import { type Term, termsOf } from './search';
import { COUNT_JOINS, SHOWN_COUNT } from './shown-sql';

export const ALL_STATUSES: readonly SessionStatus[] = ['scheduled', 'live', 'ended', 'expired'];

/** Of what a query asks for, as SQL about a session `s`. */
export interface Conditions {
  /** Subqueries that the rest refers to by name. */
  named: string[];
  /** The statuses that the sessions can have. */
  statuses: SessionStatus[];
  /** Whether they are in the rooms that the subquery `places` names. */
  inRooms: boolean;
  /** What else is asked of each, apart from the terms. */
  where: string[];
  terms: Term[];
  /** Whether `where` looks at the counts `c` and the preset `p`. */
  countsUsed: boolean;
}

export function conditionsOf(query: ListQuery, parameters: Parameters): Conditions {
  const where: string[] = [];
  const among = (values: string[] | undefined, condition: (placeholder: string) => string) => {
    if (values) where.push(condition(parameters.add(values)));
  };
  among(query.mode, (p) => `s.mode = ANY (${p})`);
  among(query.ids, (p) => `s.id = ANY (${p}::uuid[])`);
  if (query.recording_enabled !== undefined) {
    where.push(`coalesce(s.recording_enabled, false) = ${parameters.add(query.recording_enabled)}`);
  }
  if (query.started_after !== undefined) where.push(`s.started_at >= ${parameters.addTime(query.started_after)}`);
  if (query.started_before !== undefined) where.push(`s.started_at < ${parameters.addTime(query.started_before)}`);
  if (query.min_viewers !== undefined) where.push(`(${SHOWN_COUNT}) >= ${parameters.add(query.min_viewers)}`);
  const places = placesOf(query, parameters);
  const terms = termsOf(query.q, parameters);
  return {
    named: [...(places ? [`places AS MATERIALIZED (${places})`] : []), ...terms.map(({ named }) => named)],
    statuses: statusesOf(query),
    inRooms: places !== null,
    where,
    terms,
    countsUsed: query.min_viewers !== undefined,
  };
}

/** Only live ones can have more than nobody. */
export function statusesOf({ status, min_viewers: minViewers }: ListQuery): SessionStatus[] {
  const asked = ALL_STATUSES.filter((one) => status?.includes(one) ?? true);
  return (minViewers ?? 0) > 0 ? asked.filter((one) => one === 'live') : asked;
}

/** The ids of the rooms where a query looks; null: everywhere. */
function placesOf(query: ListQuery, parameters: Parameters): string | null {
  const { room_id: rooms, host_id: hosts, library_id: libraries, organization_id: organizations } = query;
  const of = [
    ...(hosts ? [`r.state ->> 'host_id' = ANY (${parameters.add(hosts)}::text[])`] : []),
    ...(libraries ? [`r.state ->> 'library_id' = ANY (${parameters.add(libraries)}::text[])`] : []),
    ...(organizations
      ? [
          `r.state ->> 'host_id' = ANY (ARRAY(SELECT h.id::text FROM reference_data h
             WHERE h.kind = 'host' AND h.state ->> 'organization_id' = ANY (${parameters.add(organizations)}::text[])))`,
        ]
      : []),
  ];
  // A room that nothing is known of has sessions as well.
  if (of.length === 0) return rooms ? `SELECT unnest(${parameters.add(rooms)}::uuid[]) AS id` : null;
  const among = rooms ? `AND r.id = ANY (${parameters.add(rooms)}::uuid[])` : '';
  return `SELECT r.id FROM reference_data r WHERE r.kind = 'room' AND ${of.join(' AND ')} ${among}`;
}

export function statusIs(statuses: readonly SessionStatus[]): string {
  if (statuses.length === 0) return 'false';
  return `s.status IN (${statuses.map((status) => `'${status}'`).join(', ')})`;
}

/** All of the conditions, and the joins that they need. */
export function matching(conditions: Conditions, from = 'sessions s', rooms = 'ARRAY(SELECT id FROM places)'): string {
  const { statuses, inRooms, where, terms } = conditions;
  const all = [
    's.listed',
    ...(statuses.length < ALL_STATUSES.length ? [statusIs(statuses)] : []),
    ...(inRooms ? [`s.room_id = ANY (${rooms})`] : []),
    ...where,
    ...terms.map(({ says }) => says),
  ];
  return `FROM ${from} ${joinsOf(conditions)} ${textJoin(terms)} WHERE ${all.join(' AND ')}`;
}

export function joinsOf({ countsUsed }: Conditions, alsoCounts = false): string {
  return countsUsed || alsoCounts ? COUNT_JOINS : '';
}

/** Looked up for each session: else the planner may read all texts for those of a few sessions. */
export function textJoin(terms: readonly Term[]): string {
  if (terms.length === 0) return '';
  return 'LEFT JOIN LATERAL (SELECT * FROM session_texts WHERE session_id = s.id LIMIT 1) t ON true';
}
