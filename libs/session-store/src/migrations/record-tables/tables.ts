/** The tables, without what they will hold. Partitions are made by the days that there are. */
export const NEW_TABLES = [
  `CREATE TABLE event_inbox (
    identity uuid NOT NULL,
    content uuid NOT NULL,
    day date NOT NULL,
    PRIMARY KEY (identity, day)
  ) PARTITION BY RANGE (day)`,
  `CREATE SEQUENCE session_log_id AS bigint`,
  // No place where no event says it: what was derived by time, or comes from the older log.
  `CREATE TABLE session_log (
    id bigint NOT NULL DEFAULT nextval('session_log_id'),
    day date NOT NULL,
    subject uuid NOT NULL,
    topic text,
    partition integer,
    first_offset bigint,
    last_offset bigint,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    entries text NOT NULL
  ) PARTITION BY RANGE (day)`,
  `ALTER SEQUENCE session_log_id OWNED BY session_log.id`,
  `CREATE INDEX session_log_subject ON session_log (subject, id)`,
  `CREATE INDEX session_log_place ON session_log (topic, partition, last_offset) WHERE topic IS NOT NULL`,
  // Read and written by its key alone; room on the page for the next version of a row.
  `CREATE TABLE session_folds (
    id uuid PRIMARY KEY,
    version bigint NOT NULL,
    room_id uuid,
    content bytea NOT NULL,
    fold text NOT NULL
  ) WITH (fillfactor = 60)`,
  // A heartbeat writes a new version of a row into the same page, and no index.
  `CREATE TABLE session_signals (
    session_id uuid PRIMARY KEY,
    last_signal_at timestamptz,
    half_lease_ms integer,
    calm boolean NOT NULL,
    due timestamptz
  ) WITH (fillfactor = 50)`,
  `CREATE INDEX session_signals_due ON session_signals (due) WHERE due IS NOT NULL`,
  `CREATE TABLE room_claims (
    session_id uuid NOT NULL,
    at timestamptz NOT NULL,
    seq numeric NOT NULL,
    source text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    room_id uuid,
    PRIMARY KEY (session_id, at, seq, source, event_id)
  )`,
  `CREATE INDEX room_claims_line ON room_claims (room_id, at, seq, source, event_id, session_id) WHERE room_id IS NOT NULL`,
];

/** What nothing reads any more once it was moved. */
export const OLD_PARTS = [
  `DROP TRIGGER sessions_text_inserted ON sessions`,
  `DROP TRIGGER sessions_text_updated ON sessions`,
  `DROP FUNCTION keep_inserted_texts(), keep_updated_text()`,
  `ALTER TABLE sessions DROP COLUMN fold, DROP COLUMN next_check_at`,
  `DROP TABLE event_log`,
];
