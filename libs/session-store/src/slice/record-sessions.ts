import { type Derived, type SessionFact, type SessionRecord, deriveRoom, evolve } from '#libs/session';
import type { QueryRunner } from 'typeorm';
import { type Columns, timestamp, unnest } from '../columns';
import { oweSessions } from '../projection-debt';
import { SESSION_COLUMNS, type SessionColumns, storedSession } from '../stored-rows';
import { type SessionTexts, writeTexts } from '../texts/write-texts';
import { type Move, keepTotals } from '../totals/keep-totals';

interface Locked {
  record: SessionRecord;
  version: number;
  /** The content as it stands in the row. */
  content: Derived;
}

interface SessionWrite {
  id: string;
  version: number;
  room_id: string | null;
  preset_id: string | null;
  title: string | null;
  description: string | null;
  status: string;
  health: string | null;
  mode: string | null;
  started_at: string | null;
  ended_at: string | null;
  end_reason: string | null;
  scheduled_start_time: string | null;
  hls_url: string | null;
  recording_enabled: boolean | null;
  chat_enabled_override: boolean | null;
  stage_enabled_override: boolean | null;
  max_join_limit_override: number | null;
  counts_after: string | null;
  created_at: string;
  updated_at: string;
  listed: boolean;
  deleted: boolean;
  next_check_at: string | null;
  fold: string;
}

const COLUMNS: Columns<SessionWrite> = [
  ['id', 'uuid'],
  ['version', 'bigint'],
  ['room_id', 'uuid'],
  ['preset_id', 'uuid'],
  ['title', 'text'],
  ['description', 'text'],
  ['status', 'text'],
  ['health', 'text'],
  ['mode', 'text'],
  ['started_at', 'timestamptz'],
  ['ended_at', 'timestamptz'],
  ['end_reason', 'text'],
  ['scheduled_start_time', 'timestamptz'],
  ['hls_url', 'text'],
  ['recording_enabled', 'boolean'],
  ['chat_enabled_override', 'boolean'],
  ['stage_enabled_override', 'boolean'],
  ['max_join_limit_override', 'bigint'],
  ['counts_after', 'timestamptz'],
  ['created_at', 'timestamptz'],
  ['updated_at', 'timestamptz'],
  ['listed', 'boolean'],
  ['deleted', 'boolean'],
  ['next_check_at', 'timestamptz'],
  ['fold', 'jsonb'],
];

/**
 * Folds events into the sessions they are about, inside the caller's transaction, and derives every session of the
 * rooms they touch. Gives the ids to project: the touched ones, changed or not, and whoever else changed.
 */
export async function recordSessions(runner: QueryRunner, facts: readonly SessionFact[]): Promise<string[]> {
  if (facts.length === 0) return [];
  const touched = [...new Set(facts.map((fact) => fact.subject))].sort();
  const rooms = facts.flatMap((fact) =>
    'room_id' in (fact.data ?? {}) ? [(fact.data as { room_id?: string | null }).room_id] : [],
  );
  await insertMissing(runner, touched);
  const projected = await rederive(
    runner,
    touched,
    rooms.filter((room) => room != null),
    (records) => {
      for (const fact of facts) records.set(fact.subject, evolve(records.get(fact.subject), fact));
    },
  );
  // A second delivery finds the others of the room unchanged.
  const subjects = new Set(touched);
  await oweSessions(
    runner,
    projected.filter((id) => !subjects.has(id)),
  );
  return projected;
}

/**
 * Locks sessions and all others of their rooms, lets `change` replace records, derives each room again and writes what
 * is different. Locks are taken rooms first, then sessions in the order of their ids.
 */
export async function rederive(
  runner: QueryRunner,
  ids: readonly string[],
  moreRooms: readonly string[],
  change: (records: Map<string, SessionRecord>) => void,
): Promise<string[]> {
  const locked = await lock(runner, ids, moreRooms);
  const records = new Map([...locked].map(([id, { record }]) => [id, record]));
  change(records);
  const writes: SessionWrite[] = [];
  const texts: SessionTexts[] = [];
  const moves: Move[] = [];
  for (const [id, derived] of deriveAll(records)) {
    const before = locked.get(id);
    const record = records.get(id);
    if (!before || !record) throw new Error(`session ${id} was folded without its lock`);
    const changed = !sameContent(derived, before.content);
    if (changed || record !== before.record) writes.push(writeOf(record, derived, before.version + (changed ? 1 : 0)));
    if (!sameTexts(derived, before.content)) texts.push(derived);
    moves.push({ from: shownStatus(before.content), to: shownStatus(derived) });
  }
  await write(runner, writes);
  await writeTexts(runner, texts);
  await keepTotals(runner, moves);
  return [...new Set([...ids, ...writes.map(({ id }) => id)])];
}

async function insertMissing(runner: QueryRunner, ids: readonly string[]): Promise<void> {
  await runner.query(
    `INSERT INTO sessions (id, version, status, created_at, updated_at, listed, deleted, fold)
     SELECT id, 0, 'scheduled', 'epoch', 'epoch', false, false, jsonb_build_object('id', id, 'fields', '{}'::jsonb)
     FROM unnest($1::uuid[]) AS given (id) ON CONFLICT (id) DO NOTHING`,
    [ids],
  );
}

async function lock(
  runner: QueryRunner,
  ids: readonly string[],
  moreRooms: readonly string[],
): Promise<Map<string, Locked>> {
  const current = (await runner.query(
    `SELECT DISTINCT room_id FROM sessions WHERE id = ANY($1) AND room_id IS NOT NULL`,
    [ids],
  )) as { room_id: string }[];
  const rooms = [...new Set([...moreRooms, ...current.map((row) => row.room_id)])].sort();
  await runner.query(
    `SELECT pg_advisory_xact_lock(key) FROM (
       SELECT DISTINCT hashtextextended(room::text, 7215) AS key FROM unnest($1::uuid[]) AS given (room) ORDER BY key
     ) AS keys`,
    [rooms],
  );
  const rows = (await runner.query(
    `SELECT ${SESSION_COLUMNS}, s.next_check_at, s.fold FROM sessions s
     WHERE s.id = ANY($1) OR s.room_id = ANY($2) ORDER BY s.id FOR NO KEY UPDATE`,
    [ids, rooms],
  )) as (SessionColumns & { fold: SessionRecord; next_check_at: Date | null })[];
  return new Map(
    rows.map((row) => [
      row.id,
      {
        record: row.fold,
        version: Number(row.version),
        content: {
          ...storedSession(row),
          listed: row.listed,
          deleted: row.deleted,
          next_check_at: row.next_check_at?.getTime() ?? null,
        },
      },
    ]),
  );
}

function deriveAll(records: Map<string, SessionRecord>): [string, Derived][] {
  const rooms = new Map<string, SessionRecord[]>();
  for (const record of records.values()) {
    const room = record.fields.room_id?.value ?? record.id;
    const members = rooms.get(room);
    if (members) members.push(record);
    else rooms.set(room, [record]);
  }
  return [...rooms.values()].flatMap((members) => [...deriveRoom(members)]);
}

/** Whether a version speaks of both: all but the next look is equal. */
function sameContent(derived: Derived, stored: Derived): boolean {
  return (Object.keys(derived) as (keyof Derived)[]).every(
    (name) => name === 'next_check_at' || derived[name] === stored[name],
  );
}

function sameTexts(a: SessionTexts, b: SessionTexts): boolean {
  return a.title === b.title && a.description === b.description;
}

function shownStatus({ listed, status }: Derived): Derived['status'] | null {
  return listed ? status : null;
}

function writeOf(record: SessionRecord, derived: Derived, version: number): SessionWrite {
  return {
    ...derived,
    version,
    started_at: timestamp(derived.started_at),
    ended_at: timestamp(derived.ended_at),
    scheduled_start_time: timestamp(derived.scheduled_start_time),
    counts_after: timestamp(derived.counts_after),
    created_at: timestamp(derived.created_at),
    updated_at: timestamp(derived.updated_at),
    next_check_at: timestamp(derived.next_check_at),
    fold: JSON.stringify(record),
  };
}

async function write(runner: QueryRunner, writes: readonly SessionWrite[]): Promise<void> {
  if (writes.length === 0) return;
  const { from, values } = unnest(COLUMNS, writes);
  const rest = COLUMNS.filter(([name]) => name !== 'id');
  await runner.query(
    `UPDATE sessions s SET ${rest.map(([name]) => `"${name}" = given."${name}"`).join(', ')} FROM ${from} WHERE s.id = given.id`,
    values,
  );
}
