import { FOLD_VERSION } from '#libs/session';
import type { DataSource } from 'typeorm';
import { nameOf, versionOf } from './migration';

/** What a database says of its schema. */
export interface SchemaState {
  /** Of the newest migration that was run; null: of none. */
  version: number | null;
  names: ReadonlySet<string>;
  /** The oldest version whose lifecycle service may write. */
  compatibleFrom: number;
  /** By which version all texts that are searched are folded; null: there are none yet. */
  textsFoldedBy: number | null;
}

interface Ran {
  name: string;
  version: number;
  compatible_from: number | null;
}

/** Reads it; writes nothing, also where nothing was ever migrated. */
export async function schemaState(source: Pick<DataSource, 'query'>): Promise<SchemaState> {
  const [there] = (await source.query(
    `SELECT to_regclass('migrations') IS NOT NULL AS migrations, to_regclass('text_folding') IS NOT NULL AS texts`,
  )) as [{ migrations: boolean; texts: boolean }];
  const ran = there.migrations ? ((await source.query(RAN)) as Ran[]) : [];
  const [folded] = there.texts
    ? ((await source.query(`SELECT version FROM text_folding`)) as { version: number }[])
    : [];
  return {
    version: ran.length > 0 ? Math.max(...ran.map(({ version }) => version)) : null,
    names: new Set(ran.map(({ name }) => name)),
    compatibleFrom: Math.max(0, ...ran.map(({ compatible_from: from }) => from ?? 0)),
    textsFoldedBy: folded?.version ?? null,
  };
}

// A table that an older build made has no column compatible_from yet.
const RAN = `SELECT name, "timestamp"::float8 AS version, (to_jsonb(m) ->> 'compatible_from')::float8 AS compatible_from FROM migrations m`;

/**
 * Throws an error that says what to do while the schema is older than this build needs; to who `writes` also where a newer
 * build has changed it so that this one would write wrongly. A schema that is newer otherwise is fine.
 * `source` is connected.
 */
export async function demandSchema(source: DataSource, { writes }: { writes: boolean }): Promise<void> {
  const state = await schemaState(source);
  const own = Math.max(...source.migrations.map(versionOf));
  const missing = source.migrations.map(nameOf).filter((name) => !state.names.has(name));
  const last = missing.at(-1);
  if (last !== undefined) {
    const at = state.version === null ? 'empty' : `at ${state.version}`;
    const needs = state.version !== null && state.version >= own ? `${last} too` : String(own);
    throw new Error(`the schema is ${at}, this build needs ${needs}: run \`npm run migrate\``);
  }
  if ((state.textsFoldedBy ?? 0) < FOLD_VERSION) {
    throw new Error(
      `the texts are folded by version ${state.textsFoldedBy}, this build needs ${FOLD_VERSION}: run \`npm run migrate\``,
    );
  }
  if (!writes) return;
  if (state.compatibleFrom > own) {
    throw new Error(
      `the schema is at ${state.version} and must be written by builds of version ${state.compatibleFrom} or newer only, this build is of ${own}: start a newer build`,
    );
  }
  if ((state.textsFoldedBy ?? 0) > FOLD_VERSION) {
    throw new Error(
      `the texts are folded by version ${state.textsFoldedBy} and must be written by it, this build has ${FOLD_VERSION}: start a newer build`,
    );
  }
}
