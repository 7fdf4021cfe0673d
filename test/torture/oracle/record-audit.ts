/**
 * Writes down every change of a session's rows in the transaction that makes it. Only the run's own database has it.
 * `same`: beside its version nothing that is shown is another one.
 */
export const AUDIT = [
  `CREATE TABLE torture_audit (n bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), id uuid NOT NULL,
     before bigint NOT NULL, after bigint NOT NULL, same boolean NOT NULL,
     from_status text, to_status text, to_reason text, ended_at timestamptz)`,
  `CREATE FUNCTION torture_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     INSERT INTO torture_audit (id, before, after, same, from_status, to_status, to_reason, ended_at) VALUES
       (NEW.id, OLD.version, NEW.version, to_jsonb(OLD) - 'version' = to_jsonb(NEW) - 'version',
        OLD.status, NEW.status, NEW.end_reason, NEW.ended_at);
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER torture_note AFTER UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION torture_note()`,
  `CREATE TABLE torture_folds (n bigserial PRIMARY KEY, id uuid NOT NULL, before bigint NOT NULL, after bigint NOT NULL,
     same boolean NOT NULL)`,
  `CREATE FUNCTION torture_note_fold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     INSERT INTO torture_folds (id, before, after, same) VALUES
       (NEW.id, OLD.version, NEW.version, OLD.content = NEW.content);
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER torture_note_fold AFTER UPDATE ON session_folds FOR EACH ROW EXECUTE FUNCTION torture_note_fold()`,
];

/** A change of the row with the fold. */
export interface FoldAuditRow {
  id: string;
  before: number;
  after: number;
  same: boolean;
}

/** A change of the row with the content that is shown. */
export interface AuditRow extends FoldAuditRow {
  at: number;
  from_status: string;
  to_status: string;
  to_reason: string | null;
  ended_at: number | null;
}
