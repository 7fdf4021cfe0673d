import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A step of the schema, as `npm run migrate` runs it. Its version is the timestamp at the end of its class's name. */
export interface Migration extends MigrationInterface {
  /**
   * false: runs outside a transaction, as CREATE INDEX CONCURRENTLY must. What fails half way stays, so `up` begins with
   * taking away what an earlier try left behind: DROP INDEX CONCURRENTLY IF EXISTS.
   */
  transaction?: boolean;
  /**
   * The oldest version whose lifecycle service may still write after this step; most often the step's own version. Unset:
   * whoever wrote before may go on.
   */
  compatibleFrom?: number;
  up(runner: QueryRunner): Promise<void>;
  down(runner: QueryRunner): Promise<void>;
}

/** The name under which the database knows it. */
export function nameOf(migration: MigrationInterface): string {
  return migration.name ?? migration.constructor.name;
}

/** Milliseconds since the epoch, as the last thirteen digits of the name. */
export function versionOf(migration: MigrationInterface): number {
  const version = Number(/\d{13}$/.exec(nameOf(migration))?.[0]);
  if (Number.isNaN(version)) throw new Error(`migration ${nameOf(migration)}: its name must end with 13 digits`);
  return version;
}
