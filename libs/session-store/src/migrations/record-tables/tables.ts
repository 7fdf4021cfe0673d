/** Folds, signals and claims, without what they will hold. */
export const FOLDS_AND_CLAIMS = [
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
