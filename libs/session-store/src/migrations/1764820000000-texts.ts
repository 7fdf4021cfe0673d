import type { MigrationInterface, QueryRunner } from 'typeorm';
import { countTotalsAnew } from '../totals/keep-totals';

/**
 * What lists read by: folded texts with their grams, written by the code; totals that are kept; indices that give each
 * order of each status. The texts are folded after the migrations (see fold-texts-anew.ts).
 */
export class Texts1764820000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
    await countTotalsAnew(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  `DROP TRIGGER IF EXISTS sessions_text_inserted ON sessions`,
  `DROP TRIGGER IF EXISTS sessions_text_updated ON sessions`,
  `DROP FUNCTION IF EXISTS keep_inserted_texts(), keep_updated_text()`,
  `DROP INDEX reference_data_text`,
  `DROP TABLE session_texts`,
  // "C": grams are compared by their bytes, whatever the locale of the database.
  `CREATE TABLE session_texts (
    session_id uuid PRIMARY KEY,
    fold_version integer NOT NULL,
    folded text COLLATE "C" NOT NULL,
    grams text[] COLLATE "C" NOT NULL
  )`,
  `CREATE INDEX session_texts_grams ON session_texts USING gin (grams)`,
  `CREATE TABLE reference_texts (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('room', 'host')),
    fold_version integer NOT NULL,
    folded text COLLATE "C" NOT NULL,
    grams text[] COLLATE "C" NOT NULL
  )`,
  `CREATE INDEX reference_texts_grams ON reference_texts USING gin (grams)`,
  // By which version all texts are folded.
  `CREATE TABLE text_folding (single boolean PRIMARY KEY DEFAULT true CHECK (single), version integer NOT NULL)`,
  `INSERT INTO text_folding (version) VALUES (0)`,
  `CREATE TABLE session_totals (
    shard integer PRIMARY KEY,
    scheduled bigint NOT NULL,
    live bigint NOT NULL,
    ended bigint NOT NULL,
    expired bigint NOT NULL
  ) WITH (fillfactor = 10)`,
  `DROP INDEX sessions_room, sessions_created, sessions_updated, sessions_started, sessions_planned, sessions_status_updated`,
  `CREATE INDEX sessions_by_update ON sessions (status, updated_at DESC, id DESC) WHERE listed`,
  `CREATE INDEX sessions_by_creation ON sessions (status, created_at DESC, id DESC) WHERE listed`,
  `CREATE INDEX sessions_by_start ON sessions (status, started_at DESC, id DESC) WHERE listed AND started_at IS NOT NULL`,
  `CREATE INDEX sessions_by_plan ON sessions (status, scheduled_start_time DESC, id DESC)
     WHERE listed AND scheduled_start_time IS NOT NULL`,
  `CREATE INDEX sessions_of_room ON sessions (room_id, status, updated_at DESC, id DESC) WHERE listed`,
];

const DOWN = [
  `DROP INDEX sessions_by_update, sessions_by_creation, sessions_by_start, sessions_by_plan, sessions_of_room`,
  `CREATE INDEX sessions_room ON sessions (room_id)`,
  `CREATE INDEX sessions_created ON sessions (created_at DESC, id DESC) WHERE listed`,
  `CREATE INDEX sessions_updated ON sessions (updated_at DESC, id DESC) WHERE listed`,
  `CREATE INDEX sessions_started ON sessions (started_at DESC NULLS LAST, id DESC) WHERE listed`,
  `CREATE INDEX sessions_planned ON sessions (scheduled_start_time DESC NULLS LAST, id DESC) WHERE listed`,
  `CREATE INDEX sessions_status_updated ON sessions (status, updated_at DESC, id DESC) WHERE listed`,
  `DROP TABLE session_totals, text_folding, reference_texts, session_texts`,
  `CREATE EXTENSION IF NOT EXISTS pg_trgm`,
  `CREATE INDEX reference_data_text ON reference_data
     USING gin ((state ->> 'title') gin_trgm_ops, (state ->> 'username') gin_trgm_ops)`,
  `CREATE TABLE session_texts (session_id uuid PRIMARY KEY, text text NOT NULL)`,
  `INSERT INTO session_texts SELECT id, concat_ws(E'\\n', title, description) FROM sessions`,
  `CREATE INDEX session_texts_text ON session_texts USING gin (text gin_trgm_ops)`,
  `CREATE OR REPLACE FUNCTION keep_inserted_texts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     INSERT INTO session_texts SELECT id, concat_ws(E'\\n', title, description) FROM inserted
       ON CONFLICT (session_id) DO UPDATE SET text = excluded.text;
     RETURN NULL;
   END $$`,
  `CREATE OR REPLACE FUNCTION keep_updated_text() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     UPDATE session_texts SET text = concat_ws(E'\\n', NEW.title, NEW.description) WHERE session_id = NEW.id;
     RETURN NULL;
   END $$`,
  `CREATE OR REPLACE TRIGGER sessions_text_inserted AFTER INSERT ON sessions REFERENCING NEW TABLE AS inserted
     FOR EACH STATEMENT EXECUTE FUNCTION keep_inserted_texts()`,
  `CREATE OR REPLACE TRIGGER sessions_text_updated AFTER UPDATE ON sessions FOR EACH ROW
     WHEN (OLD.title IS DISTINCT FROM NEW.title OR OLD.description IS DISTINCT FROM NEW.description)
     EXECUTE FUNCTION keep_updated_text()`,
];
