import type { ListQuery } from '#libs/contracts';
import type { Parameters } from './parameters';
import { SHOWN_COUNT } from './shown-sql';

/** Of what a query asks for: SQL conditions on a session `s`, and whether they look at its counts. */
export interface Conditions {
  where: string[];
  countsUsed: boolean;
}

/** Rooms by a field of theirs or of their host, as an array: the index of sessions by room can be asked with it. */
const roomsWhere = (condition: string) =>
  `s.room_id = ANY (ARRAY(SELECT r.id FROM reference_data r WHERE r.kind = 'room' AND ${condition}))`;
const hostedBy = (condition: string) =>
  `r.state ->> 'host_id' = ANY (ARRAY(SELECT h.id::text FROM reference_data h WHERE h.kind = 'host' AND ${condition}))`;

export function conditionsOf(query: ListQuery, parameters: Parameters): Conditions {
  const where = ['s.listed'];
  const among = (values: string[] | undefined, condition: (placeholder: string) => string) => {
    if (values) where.push(condition(parameters.add(values)));
  };
  among(query.status, (p) => `s.status = ANY (${p})`);
  among(query.mode, (p) => `s.mode = ANY (${p})`);
  among(query.ids, (p) => `s.id = ANY (${p})`);
  among(query.room_id, (p) => `s.room_id = ANY (${p})`);
  among(query.host_id, (p) => roomsWhere(`r.state ->> 'host_id' = ANY (${p})`));
  among(query.library_id, (p) => roomsWhere(`r.state ->> 'library_id' = ANY (${p})`));
  among(query.organization_id, (p) => roomsWhere(hostedBy(`h.state ->> 'organization_id' = ANY (${p})`)));
  if (query.recording_enabled !== undefined) {
    where.push(`coalesce(s.recording_enabled, false) = ${parameters.add(query.recording_enabled)}`);
  }
  if (query.started_after !== undefined) where.push(`s.started_at >= ${parameters.addTime(query.started_after)}`);
  if (query.started_before !== undefined) where.push(`s.started_at < ${parameters.addTime(query.started_before)}`);
  if (query.q !== undefined) where.push(saying(query.q, parameters));
  if (query.min_viewers === undefined) return { where, countsUsed: false };
  where.push(`${SHOWN_COUNT} >= ${parameters.add(query.min_viewers)}`);
  // Only the live ones can have more than nobody: the index of the open ones is enough.
  if (query.min_viewers > 0) where.push(`s.status = 'live'`);
  return { where, countsUsed: true };
}

/** The text is in the title, the description, the room's title or the host's name, in any case. */
function saying(text: string, parameters: Parameters): string {
  const p = parameters.add(`%${text.replace(/[\\%_]/g, '\\$&')}%`);
  const room = `(r.state ->> 'title' ILIKE ${p} OR ${hostedBy(`h.state ->> 'username' ILIKE ${p}`)})`;
  // Not by OR, which no index could answer.
  return `s.id IN (SELECT t.session_id FROM session_texts t WHERE t.text ILIKE ${p}
    UNION ALL SELECT s.id FROM sessions s WHERE ${roomsWhere(room)})`;
}
