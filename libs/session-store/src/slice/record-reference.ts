import { type Did, type EntityRecord, evolveEntity } from '#libs/session';
import type { QueryRunner } from 'typeorm';
import { type Columns, EPOCH_US, unnest } from '../columns';
import { takeIn } from '../inbox/take-in';
import { lockProgress } from '../ingest/ingest-progress';
import { type ToLog, eventRows } from '../session-log/log-rows';
import { isRedelivered } from '../session-log/redelivered';
import { writeLog } from '../session-log/write-log';
import { type EntityText, writeEntityTexts } from '../texts/write-texts';
import { binaryArray } from '../wire/binary-array';
import { beginFanOut } from './fan-out';
import type { Loggable } from './loggable';
import type { Progress } from './slice';

export type ReferenceKind = 'room' | 'host' | 'preset';

/** The state of an entity as published, or a tombstone (`kind` and `state` null). */
export interface ReferenceFact extends EntityRecord<object> {
  id: string;
  kind: ReferenceKind | null;
}

/** `loggable`: the event that says it; null for a tombstone, which has no identity. */
export interface ReferenceToRecord {
  fact: ReferenceFact;
  loggable: Loggable | null;
}

export interface ReferenceOutcome {
  /** The entities named, changed or not. */
  entities: string[];
  /** Open sessions that show a changed one, the first few of them (see fan-out.ts); their versions have grown. */
  sessions: string[];
  /** Events whose identity is known with other data, and events about an id that is another kind of entity. */
  conflicts: Set<Loggable>;
  ofOtherKind: Set<Loggable>;
}

interface EntityRow extends EntityRecord<object> {
  id: string;
  /** null: no upsert has said it yet. */
  kind: ReferenceKind | null;
}

/**
 * Records a slice of rooms, hosts and presets, inside the caller's transaction: the greater (time, offset) wins. The
 * first upsert that arrives says for good which kind of entity an id is; a tombstone says nothing of it. What is
 * refused changes nothing and takes no identity.
 */
export async function recordReference(
  runner: QueryRunner,
  facts: readonly ReferenceToRecord[],
  progress: Progress | null,
): Promise<ReferenceOutcome> {
  const nextOffset = progress && (await lockProgress(runner, progress));
  const held = await lockRows(runner, [...new Set(facts.map(({ fact }) => fact.id))].sort());
  const { taken, known, conflicts, ofOtherKind } = await admit(runner, facts, held);
  const { rows, changed, logged } = fold(taken, known, held);
  await write(runner, changed);
  await writeEntityTexts(runner, changed.flatMap(textsOf));
  const news = logged.filter(({ of }) => !known.has(of) || !isRedelivered(of, nextOffset));
  await writeLog(runner, eventRows(news.map(({ of, did }) => ({ ...of, did, flags: [] }))));
  const sessions = await beginFanOut(
    runner,
    changed.map(({ id }) => id),
  );
  return { entities: [...rows.keys()], sessions, conflicts, ofOtherKind };
}

/** Locks the rows of all ids, in their order; those that were not there are made. */
async function lockRows(runner: QueryRunner, ids: readonly string[]): Promise<Map<string, EntityRow>> {
  const array = binaryArray('uuid', ids);
  await runner.query(
    `INSERT INTO reference_data (id, version, at, "offset") SELECT id, 0, '-infinity', -1
     FROM unnest($1::uuid[]) AS given (id) ON CONFLICT (id) DO NOTHING`,
    [array],
  );
  const rows = (await runner.query(
    `SELECT id, kind, (extract(epoch FROM at) * 1000000)::float8 AS at, "offset" FROM reference_data
     WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    [array],
  )) as Omit<EntityRow, 'state'>[];
  // As long as a row has no kind, it can only be a tombstone; of the others the state is written, not read.
  return new Map(rows.map((row) => [row.id, { ...row, state: null }]));
}

interface Admitted extends Pick<ReferenceOutcome, 'conflicts' | 'ofOtherKind'> {
  taken: ReferenceToRecord[];
  known: Set<Loggable>;
}

/**
 * Decides of which kind each id is, and only then takes the identities. An event whose identity is in conflict settles
 * no kind: so where the events of a slice disagree on an id, those of the first kind are tried before the others.
 */
async function admit(
  runner: QueryRunner,
  facts: readonly ReferenceToRecord[],
  held: ReadonlyMap<string, EntityRow>,
): Promise<Admitted> {
  const kinds = new Map([...held.values()].map(({ id, kind }) => [id, kind]));
  const known = new Set<Loggable>();
  const conflicts = new Set<Loggable>();
  const ofOtherKind = new Set<Loggable>();
  const refused = new Set<ReferenceToRecord>();
  for (let waiting = facts; waiting.length > 0;) {
    const tried = new Map(kinds);
    const trying: ReferenceToRecord[] = [];
    const later: ReferenceToRecord[] = [];
    for (const one of waiting) {
      const { id, kind } = one.fact;
      const is = kinds.get(id) ?? null;
      if (kind !== null && tried.get(id) === null) tried.set(id, kind);
      if (kind === null || kind === tried.get(id)) trying.push(one);
      else if (is === null) later.push(one);
      else {
        refused.add(one);
        if (one.loggable) ofOtherKind.add(one.loggable);
      }
    }
    const outcome = await takeIn(
      runner,
      trying.flatMap(({ loggable }) => loggable ?? []),
    );
    for (const one of outcome.known) known.add(one);
    for (const one of outcome.conflicts) conflicts.add(one);
    for (const one of trying) {
      if (one.loggable && conflicts.has(one.loggable)) refused.add(one);
      else if (one.fact.kind !== null) kinds.set(one.fact.id, one.fact.kind);
    }
    waiting = later;
  }
  return { taken: facts.filter((one) => !refused.has(one)), known, conflicts, ofOtherKind };
}

interface Folded {
  /** As they are now. */
  rows: Map<string, EntityRow>;
  changed: EntityRow[];
  logged: { of: Loggable; did: ToLog['did'] }[];
}

/** Known events were folded when they came first. */
function fold(
  taken: readonly ReferenceToRecord[],
  known: ReadonlySet<Loggable>,
  held: ReadonlyMap<string, EntityRow>,
): Folded {
  const rows = new Map<string, EntityRow>();
  const logged: Folded['logged'] = [];
  for (const { fact, loggable } of taken) {
    const { id } = fact;
    const before = rows.get(id) ?? held.get(id);
    if (!before) throw new Error(`entity ${id} was folded without its lock`);
    let did: Did = 'duplicate';
    rows.set(id, before);
    if (!loggable || !known.has(loggable)) {
      const after = evolveEntity<object>(before, fact);
      did = after === before ? 'older' : 'applied';
      const kind = before.kind ?? fact.kind;
      const { at, offset, state } = after;
      if (did === 'applied' || kind !== before.kind) rows.set(id, { id, kind, at, offset, state });
    }
    if (loggable) logged.push({ of: loggable, did });
  }
  return { rows, changed: [...rows.values()].filter((row) => row !== held.get(row.id)), logged };
}

/** What a room or host is found by. */
function textsOf({ id, kind, state }: EntityRow): EntityText[] {
  if (kind !== 'room' && kind !== 'host') return [];
  const said: { title?: string | null; username?: string | null } = state ?? {};
  return [{ id, kind, text: (kind === 'room' ? said.title : said.username) ?? null }];
}

interface EntityWrite extends Omit<EntityRow, 'state'> {
  state: string | null;
}

const COLUMNS: Columns<EntityWrite> = [
  ['id', 'uuid'],
  ['kind', 'text'],
  ['at', EPOCH_US],
  ['offset', 'numeric'],
  ['state', 'jsonb'],
];

async function write(runner: QueryRunner, rows: readonly EntityRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { from, values } = unnest(
    COLUMNS,
    rows.map(({ state, ...row }) => ({ ...row, state: state && JSON.stringify(state) })),
  );
  // One that is new may have been there before, and left: see retention/deleted-entities.ts.
  await runner.query(
    `UPDATE reference_data r SET kind = given.kind,
       version = 1 + CASE r.at WHEN '-infinity' THEN (SELECT version FROM reference_floor) ELSE r.version END, at = given.at, "offset" = given."offset",
       state = given.state
     FROM ${from} WHERE r.id = given.id`,
    values,
  );
}
