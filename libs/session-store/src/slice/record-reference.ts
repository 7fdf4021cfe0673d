import { type EntityRecord, evolveEntity } from '#libs/session';
import type { QueryRunner } from 'typeorm';
import { type Columns, given, names, timestamp, unnest } from '../columns';
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
}

/** Writes rooms, hosts and presets, inside the caller's transaction: the greater (time, offset) wins. */
export async function recordReference(runner: QueryRunner, facts: readonly ReferenceFact[]): Promise<ReferenceOutcome> {
  if (facts.length === 0) return { entities: [], sessions: [] };
  const newest = new Map<string, ReferenceFact>();
  for (const fact of facts) newest.set(fact.id, evolveEntity(newest.get(fact.id), fact) as ReferenceFact);
  const writes = [...newest.values()]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, kind, at, offset, state }) => ({
      id,
      kind,
      at: timestamp(at),
      offset,
      state: state && JSON.stringify(state),
    }));
  const { from, values } = unnest(COLUMNS, writes);
  const changed = (await runner.query(
    `INSERT INTO reference_data AS r (version, ${names(COLUMNS)}) SELECT 1, ${given(COLUMNS)} FROM ${from}
     ON CONFLICT (id) DO UPDATE SET kind = coalesce(excluded.kind, r.kind), version = r.version + 1,
       at = excluded.at, "offset" = excluded."offset", state = excluded.state
     WHERE (excluded.at, excluded."offset") > (r.at, r."offset") RETURNING id`,
    values,
  )) as { id: string }[];
  const sessions = await beginFanOut(
    runner,
    changed.map(({ id }) => id),
  );
  return { entities: [...newest.keys()], sessions };
}
