import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One outbox takes the place of `projection_debt` and `projection_owed`. What was owed by id moves into it; a debt, which
 * names no ids, becomes an epoch that Redis does not have, so the projection is rebuilt.
 */
export class Outbox1764810000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  // Also the clock of the projection's writers: see docs/decisions/0045.
  `CREATE SEQUENCE outbox_id`,
  `CREATE TABLE outbox (
    id bigint PRIMARY KEY,
    -- The least id of the rows that were merged into this one; else its own.
    first bigint NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    merged boolean NOT NULL DEFAULT false,
    -- How many ids there are in all.
    entries integer NOT NULL,
    sessions uuid[] NOT NULL,
    counts uuid[] NOT NULL,
    entities uuid[] NOT NULL
  )`,
  // Random ids do not compress: trying costs more than writing them.
  `ALTER TABLE outbox ALTER sessions SET STORAGE EXTERNAL, ALTER counts SET STORAGE EXTERNAL, ALTER entities SET STORAGE EXTERNAL`,
  `INSERT INTO outbox (id, first, since, entries, sessions, counts, entities)
   SELECT id, id, since, cardinality(sessions), sessions, '{}', '{}'
   FROM (SELECT nextval('outbox_id') AS id, since, sessions FROM projection_owed) AS owed`,
  `INSERT INTO projection_state AS p (epoch) SELECT nextval('projection_epoch') FROM projection_debt
   ON CONFLICT (single) DO UPDATE SET epoch = greatest(p.epoch, excluded.epoch)`,
  `DROP TABLE projection_owed, projection_debt`,
];

const DOWN = [
  `CREATE TABLE projection_debt (single boolean PRIMARY KEY DEFAULT true CHECK (single), since timestamptz NOT NULL)`,
  `CREATE TABLE projection_owed (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sessions uuid[] NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp()
  )`,
  `INSERT INTO projection_debt (since) SELECT clock_timestamp() WHERE EXISTS (SELECT FROM outbox)`,
  `DROP TABLE outbox`,
  `DROP SEQUENCE outbox_id`,
];
