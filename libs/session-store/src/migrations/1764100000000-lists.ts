import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What lists need to find their rows by index: one status alone in the default order, and text anywhere. */
export class Lists1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER sessions_text_inserted ON sessions`);
    await runner.query(`DROP TRIGGER sessions_text_updated ON sessions`);
    await runner.query(`DROP FUNCTION keep_inserted_texts(), keep_updated_text()`);
    await runner.query(`DROP TABLE session_texts`);
    await runner.query(`DROP INDEX sessions_status_updated, reference_data_text`);
  }
}

const UP = [
  `CREATE EXTENSION IF NOT EXISTS pg_trgm`,
  `CREATE INDEX sessions_status_updated ON sessions (status, updated_at DESC, id DESC) WHERE listed`,
  `CREATE INDEX reference_data_text ON reference_data
     USING gin ((state ->> 'title') gin_trgm_ops, (state ->> 'username') gin_trgm_ops)`,
  // Apart from the sessions: each version of their rows would be indexed anew, trigram by trigram, changed or not.
  `CREATE TABLE session_texts (session_id uuid PRIMARY KEY, text text NOT NULL)`,
  `INSERT INTO session_texts SELECT id, concat_ws(E'\\n', title, description) FROM sessions`,
  `CREATE INDEX session_texts_text ON session_texts USING gin (text gin_trgm_ops)`,
  `CREATE FUNCTION keep_inserted_texts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     INSERT INTO session_texts SELECT id, concat_ws(E'\\n', title, description) FROM inserted
       ON CONFLICT (session_id) DO UPDATE SET text = excluded.text;
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION keep_updated_text() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     UPDATE session_texts SET text = concat_ws(E'\\n', NEW.title, NEW.description) WHERE session_id = NEW.id;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER sessions_text_inserted AFTER INSERT ON sessions REFERENCING NEW TABLE AS inserted
     FOR EACH STATEMENT EXECUTE FUNCTION keep_inserted_texts()`,
  `CREATE TRIGGER sessions_text_updated AFTER UPDATE ON sessions FOR EACH ROW
     WHEN (OLD.title IS DISTINCT FROM NEW.title OR OLD.description IS DISTINCT FROM NEW.description)
     EXECUTE FUNCTION keep_updated_text()`,
];
