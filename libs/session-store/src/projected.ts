import type { ProjectionChange } from '#libs/contracts';
import type { DataSource } from 'typeorm';
import {
  COUNT_COLUMNS,
  type CountColumns,
  SESSION_COLUMNS,
  type SessionColumns,
  storedCounts,
  storedSession,
} from './stored-rows';

type Row = SessionColumns & CountColumns;

const ROWS = `SELECT ${SESSION_COLUMNS}, ${COUNT_COLUMNS} FROM sessions s LEFT JOIN session_counts c ON c.session_id = s.id`;

/**
 * The rows of sessions as the projection takes them. Reads after the commit of what was recorded: a count committed
 * before is in it, a count committed later finds the session open.
 */
export async function projectedSessions(source: DataSource, ids: readonly string[]): Promise<ProjectionChange[]> {
  if (ids.length === 0) return [];
  const rows = (await source.query(`${ROWS} WHERE s.id = ANY($1)`, [ids])) as Row[];
  return rows.flatMap(changesOf);
}

/** The counts of sessions, of the open ones only: what is over has left the projection. */
export async function projectedCounts(source: DataSource, ids: readonly string[]): Promise<ProjectionChange[]> {
  if (ids.length === 0) return [];
  const rows = (await source.query(
    `SELECT c.session_id, ${COUNT_COLUMNS} FROM session_counts c JOIN sessions s ON s.id = c.session_id
     WHERE c.session_id = ANY($1) AND s.listed AND s.status IN ('scheduled', 'live')`,
    [ids],
  )) as (CountColumns & { session_id: string })[];
  return rows.flatMap((row) => {
    const counts = storedCounts(row);
    return counts ? [{ kind: 'counts', id: row.session_id, version: counts.version, counts }] : [];
  });
}

interface ReferenceColumns {
  id: string;
  kind: 'room' | 'host' | 'preset' | null;
  version: string;
  state: object | null;
}

/** Rooms, hosts and presets; a tombstone of which nobody knows what it deletes concerns nobody. */
export async function projectedReference(source: DataSource, ids: readonly string[]): Promise<ProjectionChange[]> {
  if (ids.length === 0) return [];
  const rows = (await source.query(`SELECT id, kind, version, state FROM reference_data WHERE id = ANY($1)`, [
    ids,
  ])) as ReferenceColumns[];
  return rows.flatMap(entityChange);
}

/** Everything that the projection holds, in pages in the order of ids: reference data first, then the open sessions. */
export async function* projectedPages(source: DataSource, pageSize = 1000): AsyncGenerator<ProjectionChange[]> {
  const least = '00000000-0000-0000-0000-000000000000';
  for (let after: string | undefined = least; after !== undefined;) {
    const rows = (await source.query(
      `SELECT id, kind, version, state FROM reference_data
       WHERE id > $1 AND kind IS NOT NULL AND state IS NOT NULL ORDER BY id LIMIT $2`,
      [after, pageSize],
    )) as ReferenceColumns[];
    if (rows.length > 0) yield rows.flatMap(entityChange);
    after = rows.length < pageSize ? undefined : rows.at(-1)?.id;
  }
  for (let after: string | undefined = least; after !== undefined;) {
    const rows = (await source.query(
      `${ROWS} WHERE s.listed AND s.status IN ('scheduled', 'live') AND s.id > $1 ORDER BY s.id LIMIT $2`,
      [after, pageSize],
    )) as Row[];
    if (rows.length > 0) yield rows.flatMap(changesOf);
    after = rows.length < pageSize ? undefined : rows.at(-1)?.id;
  }
}

/** The next life of the projection; greater than any before. */
export async function nextEpoch(source: DataSource): Promise<number> {
  const [row] = (await source.query(`SELECT nextval('projection_epoch') AS epoch`)) as { epoch: string }[];
  return Number(row?.epoch);
}

function changesOf(row: Row): ProjectionChange[] {
  const session = storedSession(row);
  const { id, version, status } = session;
  if (row.deleted) return [{ kind: 'removed', id, version, why: 'deleted' }];
  if (status === 'ended' || status === 'expired') return [{ kind: 'removed', id, version, why: status }];
  if (!row.listed) return [];
  const counts = storedCounts(row);
  const open: ProjectionChange = { kind: 'session', id, version, session };
  return counts ? [open, { kind: 'counts', id, version: counts.version, counts }] : [open];
}

function entityChange({ id, kind, version, state }: ReferenceColumns): ProjectionChange[] {
  if (kind === null) return [];
  return [{ kind, id, version: Number(version), entity: state }];
}
