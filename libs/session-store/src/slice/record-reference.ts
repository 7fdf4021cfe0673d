import { type EntityRecord, evolveEntity } from '#libs/session';
import type { QueryRunner } from 'typeorm';
import { type Columns, timestamp, unnest } from '../columns';
import { type EntityText, writeEntityTexts } from '../texts/write-texts';
import { beginFanOut } from './fan-out';

export type ReferenceKind = 'room' | 'host' | 'preset';

/** The state of an entity as published, or a tombstone (`kind` and `state` null). */
export interface ReferenceFact extends EntityRecord<object> {
  id: string;
  kind: ReferenceKind | null;
}

interface ReferenceWrite {
  id: string;
  kind: ReferenceKind | null;
  at: string;
  offset: string;
  state: string | null;
}

const COLUMNS: Columns<ReferenceWrite> = [
  ['id', 'uuid'],
  ['kind', 'text'],
  ['at', 'timestamptz'],
  ['offset', 'numeric'],
  ['state', 'jsonb'],
];

export interface ReferenceOutcome {
  /** The entities named, changed or not. */
  entities: string[];
  /** Open sessions that show a changed one, the first few of them (see fan-out.ts); their versions have grown. */
  sessions: string[];
  /** Facts that say of an id that it is another kind of entity than it is. They changed nothing. */
  conflicts: Set<ReferenceFact>;
}

const NEWER = `(given.at, given."offset") > (r.at, r."offset")`;
const newer = (column: string) => `${column} = CASE WHEN ${NEWER} THEN given.${column} ELSE r.${column} END`;

/**
 * Writes rooms, hosts and presets, inside the caller's transaction: the greater (time, offset) wins. The first upsert
 * that arrives says for good which kind of entity an id is; a tombstone says nothing of it.
 */
export async function recordReference(runner: QueryRunner, facts: readonly ReferenceFact[]): Promise<ReferenceOutcome> {
  if (facts.length === 0) return { entities: [], sessions: [], conflicts: new Set() };
  const kinds = await lockKinds(runner, facts);
  const conflicts = new Set<ReferenceFact>();
  const newest = new Map<string, ReferenceFact>();
  for (const fact of facts) {
    const kind = kinds.get(fact.id) ?? fact.kind;
    if (fact.kind !== null && fact.kind !== kind) {
      conflicts.add(fact);
      continue;
    }
    kinds.set(fact.id, kind);
    newest.set(fact.id, evolveEntity<object>(newest.get(fact.id), fact) as ReferenceFact);
  }
  const writes = [...newest.values()].map(({ id, at, offset, state }) => ({
    id,
    kind: kinds.get(id) ?? null,
    at: timestamp(at),
    offset,
    state: state && JSON.stringify(state),
  }));
  const changed = await write(runner, writes);
  await writeEntityTexts(runner, changed.filter(isLookedFor));
  const ids = changed.map(({ id }) => id);
  const sessions = await beginFanOut(runner, ids);
  return { entities: [...newest.keys()], sessions, conflicts };
}

/** Locks the rows of all ids, in their order, and gives which kind each is; null where no upsert has said it yet. */
async function lockKinds(
  runner: QueryRunner,
  facts: readonly ReferenceFact[],
): Promise<Map<string, ReferenceKind | null>> {
  const ids = [...new Set(facts.map(({ id }) => id))].sort();
  await runner.query(
    `INSERT INTO reference_data (id, version, at, "offset") SELECT id, 0, '-infinity', -1
     FROM unnest($1::uuid[]) AS given (id) ON CONFLICT (id) DO NOTHING`,
    [ids],
  );
  const rows = (await runner.query(
    `SELECT id, kind FROM reference_data WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`,
    [ids],
  )) as Pick<ReferenceFact, 'id' | 'kind'>[];
  return new Map(rows.map(({ id, kind }) => [id, kind]));
}

/** A row that changed, with the text that is looked for in it. */
type ChangedEntity = Omit<EntityText, 'kind'> & { kind: ReferenceKind | null };

function isLookedFor(changed: ChangedEntity): changed is EntityText {
  return changed.kind === 'room' || changed.kind === 'host';
}

/** Gives the rows that changed. An older upsert changes a row only when it says which kind it is. */
async function write(runner: QueryRunner, writes: readonly ReferenceWrite[]): Promise<ChangedEntity[]> {
  const { from, values } = unnest(COLUMNS, writes);
  const [changed] = (await runner.query(
    `UPDATE reference_data r SET kind = coalesce(r.kind, given.kind), version = r.version + 1,
       ${['at', '"offset"', 'state'].map(newer).join(', ')}
     FROM ${from} WHERE r.id = given.id AND (${NEWER} OR (r.kind IS NULL AND given.kind IS NOT NULL))
     RETURNING r.id, r.kind, CASE r.kind WHEN 'room' THEN r.state ->> 'title' ELSE r.state ->> 'username' END AS text`,
    values,
  )) as [ChangedEntity[], number];
  return changed;
}
