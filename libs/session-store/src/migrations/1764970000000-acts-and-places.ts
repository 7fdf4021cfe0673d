import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What operators did and why, and up to where the log's places were taken away with their partitions. */
export class ActsAndPlaces1764970000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE admin_acts, log_forgotten`);
  }
}

const UP = [
  // Asked for by whoever answers operators, carried out by a lifecycle process, which holds it until `taken_until`.
  `CREATE TABLE admin_acts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    what text NOT NULL,
    said json NOT NULL,
    why text NOT NULL,
    who text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'taken', 'done', 'failed')),
    taken_at timestamptz,
    taken_until timestamptz,
    taken_by text,
    ended_at timestamptz,
    result json,
    error text
  )`,
  `CREATE INDEX admin_acts_waiting ON admin_acts (id) WHERE state IN ('asked', 'taken')`,
  `CREATE INDEX admin_acts_ended ON admin_acts (ended_at, id) WHERE ended_at IS NOT NULL`,
  // Of places below, what the log said of them has left.
  `CREATE TABLE log_forgotten (
    topic text NOT NULL,
    partition integer NOT NULL,
    below bigint NOT NULL,
    PRIMARY KEY (topic, partition)
  )`,
];
