/**
 * Writes down every change of a session's rows, and what leaves, in the transaction that does it. Only the run's own
 * database has it.
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
  `CREATE TABLE torture_departures (n bigserial PRIMARY KEY, name text NOT NULL, of_table text NOT NULL, rows bigint NOT NULL,
     dropped boolean NOT NULL DEFAULT false)`,
  // Whoever was stopped in between may note a partition that another one has dropped meanwhile.
  `CREATE FUNCTION torture_note_leaving() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE many bigint; BEGIN
     IF TG_OP = 'DELETE' THEN
       UPDATE torture_departures SET dropped = true WHERE name = OLD.name;
     ELSIF to_regclass(NEW.name) IS NOT NULL THEN
       EXECUTE format('SELECT count(*) FROM %I', NEW.name) INTO many;
       INSERT INTO torture_departures (name, of_table, rows) VALUES (NEW.name, NEW.of_table, many);
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER torture_note_leaving AFTER INSERT OR DELETE ON leaving_partitions
     FOR EACH ROW EXECUTE FUNCTION torture_note_leaving()`,
];

/** A partition of viewer history that was rolled up and dropped: how many rows it had when it began to leave. */
export interface Departure {
  name: string;
  of_table: string;
  rows: number;
}

/** But for those that were empty. */
export const DEPARTURES = `
  SELECT name, of_table, max(rows)::float8 AS rows FROM torture_departures WHERE dropped AND rows > 0
  GROUP BY name, of_table ORDER BY name`;

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
