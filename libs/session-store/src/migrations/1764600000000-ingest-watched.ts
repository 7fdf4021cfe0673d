import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who watches the clock, what was missed of the log, and which topics stand still until a person says otherwise. */
export class IngestWatched1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE watch_post, ingest_gaps, topic_pauses`);
  }
}

const UP = [
  `CREATE TABLE watch_post (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    holder text NOT NULL,
    held_until timestamptz NOT NULL,
    looked_at timestamptz,
    sighted_at timestamptz,
    watermark timestamptz
  )`,
  // Offsets from (included) to (excluded).
  `CREATE TABLE ingest_gaps (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    partition integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('missing', 'replayed', 'recreated')),
    from_offset bigint NOT NULL,
    to_offset bigint NOT NULL,
    why text NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (topic, partition, kind, from_offset, to_offset)
  )`,
  `CREATE TABLE topic_pauses (
    topic text PRIMARY KEY,
    why text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    resumed_until timestamptz
  )`,
];
