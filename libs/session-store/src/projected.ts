import type { ProjectionChange } from '#libs/contracts';
import type { DataSource, QueryRunner } from 'typeorm';
import type { Touched } from './outbox/note-in-outbox';
import {
  COUNT_COLUMNS,
  type CountColumns,
  SESSION_COLUMNS,
  type SessionColumns,
  storedCounts,
  storedSession,
} from './stored-rows';

type Row = SessionColumns & CountColumns;

/** The pool, or a transaction's connection. */
type Queryable = Pick<DataSource | QueryRunner, 'query'>;

const ROWS = `SELECT ${SESSION_COLUMNS}, ${COUNT_COLUMNS} FROM sessions s LEFT JOIN session_counts c ON c.session_id = s.id`;

/**
 * The rows of sessions as the projection takes them. Reads after the commit of what was recorded: a count committed
 * before is in it, a count committed later finds the session open.
 */
export async function projectedSessions(source: Queryable, ids: readonly string[]): Promise<ProjectionChange[]> {
  if (ids.length === 0) return [];
  const rows = (await source.query(`${ROWS} WHERE s.id = ANY($1)`, [ids])) as Row[];
  const found = new Set(rows.map(({ id }) => id));
  const left = await removedByLeaving(
    source,
    ids.filter((id) => !found.has(id)),
  );
  return [...rows.flatMap(changesOf), ...left];
}

/** Sessions that left the record have left the projection too. */
async function removedByLeaving(source: Queryable, ids: readonly string[]): Promise<ProjectionChange[]> {
  if (ids.length === 0) return [];
  const rows = (await source.query(`SELECT id, version, deleted FROM session_tombstones WHERE id = ANY($1)`, [
    ids,
  ])) as {
    id: string;
    version: string;
    deleted: boolean;
  }[];
  return rows.map(({ id, version, deleted }) => ({
    kind: 'removed',
    id,
    version: Number(version),
    why: deleted ? 'deleted' : 'ended',
  }));
}

/** The counts of sessions, of the open ones only: what is over has left the projection. */
export async function projectedCounts(source: Queryable, ids: readonly string[]): Promise<ProjectionChange[]> {
  if (ids.length === 0) return [];
  const rows = (await source.query(
    `SELECT c.session_id, s.version AS session_version, ${COUNT_COLUMNS} FROM session_counts c JOIN sessions s ON s.id = c.session_id
     WHERE c.session_id = ANY($1) AND s.listed AND s.status IN ('scheduled', 'live')`,
    [ids],
  )) as CountsRow[];
  return rows.flatMap(countsChange);
}

/** The counts of an open session, with the version that it was read with. */
export type CountsRow = CountColumns & { session_id: string; session_version: string };

interface ReferenceColumns {
  id: string;
  kind: 'room' | 'host' | 'preset' | null;
  version: string;
  state: object | null;
}

/** Rooms, hosts and presets; a tombstone of which nobody knows what it deletes concerns nobody. */
export async function projectedReference(source: Queryable, ids: readonly string[]): Promise<ProjectionChange[]> {
  if (ids.length === 0) return [];
  const rows = (await source.query(`SELECT id, kind, version, state FROM reference_data WHERE id = ANY($1)`, [
    ids,
  ])) as ReferenceColumns[];
  return rows.flatMap(entityChange);
}

/** As it is now, what a transaction touched. A session that it touched comes with its counts. */
export async function projectedNow(
  source: Queryable,
  { sessions = [], counts = [], entities = [] }: Touched,
): Promise<ProjectionChange[]> {
  const touched = new Set(sessions);
  return [
    ...(await projectedReference(source, [...new Set(entities)])),
    ...(await projectedSessions(source, [...touched])),
    ...(await projectedCounts(
      source,
      [...new Set(counts)].filter((id) => !touched.has(id)),
    )),
  ];
}

/** As it is now, what the projection holds. */
export function projectedAgain(
  source: Queryable,
  of: readonly Pick<ProjectionChange, 'kind' | 'id'>[],
): Promise<ProjectionChange[]> {
  const isEntity = ({ kind }: (typeof of)[number]) => kind === 'room' || kind === 'host' || kind === 'preset';
  return projectedNow(source, {
    sessions: of.filter((one) => !isEntity(one)).map(({ id }) => id),
    entities: of.filter(isEntity).map(({ id }) => id),
  });
}

/**
 * Everything that the projection holds, in pages in the order of ids: reference data with its tombstones first, then the
 * open sessions. A session that changes meanwhile may be missed or come twice: whoever changed it projects it.
 */
export async function* projectedPages(source: DataSource, pageSize = 2000): AsyncGenerator<ProjectionChange[]> {
  const reference = referencePage('s.id, s.kind, s.version, s.state');
  for await (const rows of keyset<ReferenceColumns>(source, reference, pageSize)) yield rows.flatMap(entityChange);
  for (const status of OPEN) {
    const open = openPage(status, `${SESSION_COLUMNS}, ${COUNT_COLUMNS}`);
    for await (const rows of keyset<Row>(source, open, pageSize)) yield rows.flatMap(changesOf);
  }
}

export interface ProjectedVersion {
  kind: Exclude<ProjectionChange['kind'], 'removed'>;
  id: string;
  version: number;
}

/** The ids and versions of everything that the projection holds, in pages; without tombstones of reference data. */
export async function* projectedVersions(source: DataSource, pageSize = 5000): AsyncGenerator<ProjectedVersion[]> {
  const reference: Page = (from) =>
    `SELECT s.id, s.kind, s.version FROM reference_data s WHERE s.state IS NOT NULL AND s.id ${from} $1 ORDER BY s.id LIMIT $2`;
  for await (const rows of keyset<ReferenceColumns>(source, reference, pageSize)) {
    yield rows.flatMap(({ id, kind, version }) => (kind ? [{ kind, id, version: Number(version) }] : []));
  }
  for (const status of OPEN) {
    const open = openPage(status, 's.id, s.version, c.version AS counts_version');
    for await (const rows of keyset<VersionColumns>(source, open, pageSize)) yield rows.flatMap(versionsOf);
  }
}

interface VersionColumns {
  id: string;
  version: string;
  counts_version: string | null;
}

/** In the order in which a session goes: one that is started meanwhile comes twice rather than never. */
const OPEN = ['scheduled', 'live'] as const;

/** SQL of one page: ids from $1 on, it included or not, at most $2 rows. */
type Page = (from: '>=' | '>') => string;

function referencePage(columns: string): Page {
  return (from) =>
    `SELECT ${columns} FROM reference_data s WHERE s.kind IS NOT NULL AND s.id ${from} $1 ORDER BY s.id LIMIT $2`;
}

/** The same of open sessions, with their counts. The page comes before the join: else a plan may join all that follows. */
function openPage(status: (typeof OPEN)[number], columns: string): Page {
  return (from) => `SELECT ${columns} FROM (
      SELECT * FROM sessions s WHERE s.listed AND s.status = '${status}' AND s.id ${from} $1 ORDER BY s.id LIMIT $2
    ) s LEFT JOIN LATERAL (SELECT * FROM session_counts WHERE session_id = s.id LIMIT 1) c ON true ORDER BY s.id`;
}

/** The rows of pages in the order of ids; the next page is read while one is used. */
async function* keyset<R extends { id: string }>(source: DataSource, page: Page, size: number): AsyncGenerator<R[]> {
  const read = (from: '>=' | '>', id: string): Promise<R[]> => {
    const rows = source.query(page(from), [id, size]) as Promise<R[]>;
    // It is awaited in its turn, or nobody wants it any more.
    rows.catch(() => undefined);
    return rows;
  };
  let next: Promise<R[]> | undefined = read('>=', '00000000-0000-0000-0000-000000000000');
  while (next) {
    const rows: R[] = await next;
    const last = rows.at(-1);
    next = last && rows.length === size ? read('>', last.id) : undefined;
    if (last) yield rows;
  }
}

function versionsOf({ id, version, counts_version }: VersionColumns): ProjectedVersion[] {
  const session: ProjectedVersion = { kind: 'session', id, version: Number(version) };
  return counts_version === null ? [session] : [session, { kind: 'counts', id, version: Number(counts_version) }];
}

function changesOf(row: Row): ProjectionChange[] {
  const session = storedSession(row);
  const { id, version, status } = session;
  if (row.deleted) return [{ kind: 'removed', id, version, why: 'deleted' }];
  if (status === 'ended' || status === 'expired') return [{ kind: 'removed', id, version, why: status }];
  if (!row.listed) return [];
  const counted = countsChange({ ...row, session_id: id, session_version: row.version });
  return [{ kind: 'session', id, version, session }, ...counted];
}

export function countsChange(row: CountsRow): ProjectionChange[] {
  const counts = storedCounts(row);
  if (!counts) return [];
  const { session_id: id, session_version } = row;
  return [{ kind: 'counts', id, version: counts.version, counts, session_version: Number(session_version) }];
}

function entityChange({ id, kind, version, state }: ReferenceColumns): ProjectionChange[] {
  if (kind === null) return [];
  return [{ kind, id, version: Number(version), entity: state }];
}
