import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The keys of callers. What is stored of a key opens nothing. */
export class ApiKeys1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE api_keys (
      id text PRIMARY KEY,
      name text NOT NULL,
      digest bytea NOT NULL,
      scopes text[] NOT NULL,
      sources text[],
      created_at timestamptz NOT NULL DEFAULT now(),
      revoked_at timestamptz
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE api_keys`);
  }
}
