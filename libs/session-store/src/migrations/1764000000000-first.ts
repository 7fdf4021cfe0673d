import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The record: sessions, their counts, reference data; the event log, the quarantine, and how far ingest has come. */
export class First1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE sessions, session_counts, viewer_buckets, reference_data, event_log, quarantine, ingest_progress, projection_debt`,
    );
    await runner.query(`DROP SEQUENCE projection_epoch`);
  }
}

const UP = [
  `CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    version bigint NOT NULL,
    room_id uuid,
    preset_id uuid,
    title text,
    description text,
    status text NOT NULL CHECK (status IN ('scheduled', 'live', 'ended', 'expired')),
    health text CHECK (health IN ('ok', 'reconnecting')),
    mode text CHECK (mode IN ('webcam', 'rtmp')),
    started_at timestamptz,
    ended_at timestamptz,
    end_reason text,
    scheduled_start_time timestamptz,
    hls_url text,
    recording_enabled boolean,
    chat_enabled_override boolean,
    stage_enabled_override boolean,
    max_join_limit_override bigint,
    counts_after timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    listed boolean NOT NULL,
    deleted boolean NOT NULL,
    next_check_at timestamptz,
    fold jsonb NOT NULL
  ) WITH (fillfactor = 80)`,
  `CREATE INDEX sessions_room ON sessions (room_id)`,
  `CREATE INDEX sessions_preset ON sessions (preset_id) WHERE status IN ('scheduled', 'live')`,
  `CREATE INDEX sessions_created ON sessions (created_at DESC, id DESC) WHERE listed`,
  `CREATE INDEX sessions_updated ON sessions (updated_at DESC, id DESC) WHERE listed`,
  `CREATE INDEX sessions_started ON sessions (started_at DESC NULLS LAST, id DESC) WHERE listed`,
  `CREATE INDEX sessions_planned ON sessions (scheduled_start_time DESC NULLS LAST, id DESC) WHERE listed`,
  `CREATE INDEX sessions_open ON sessions (status, id) WHERE listed AND status IN ('scheduled', 'live')`,
  `CREATE INDEX sessions_next_check ON sessions (next_check_at) WHERE next_check_at IS NOT NULL`,
  // Counts move all the time: a narrow row, no index on what changes, room on the page for the next version of it.
  `CREATE TABLE session_counts (
    session_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    viewer_count integer NOT NULL,
    viewer_count_at timestamptz NOT NULL,
    seq numeric NOT NULL,
    source text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    max_viewers integer NOT NULL,
    max_viewers_at timestamptz NOT NULL
  ) WITH (fillfactor = 50)`,
  `CREATE TABLE viewer_buckets (
    session_id uuid NOT NULL,
    bucket timestamptz NOT NULL,
    min integer NOT NULL,
    max integer NOT NULL,
    last integer NOT NULL,
    last_at timestamptz NOT NULL,
    seq numeric NOT NULL,
    source text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (session_id, bucket)
  ) WITH (fillfactor = 70)`,
  // Rooms, hosts and presets. A tombstone does not say what it deletes: kind null until an upsert did.
  `CREATE TABLE reference_data (
    id uuid PRIMARY KEY,
    kind text CHECK (kind IN ('room', 'host', 'preset')),
    version bigint NOT NULL,
    at timestamptz NOT NULL,
    "offset" numeric NOT NULL,
    state jsonb
  )`,
  `CREATE INDEX reference_data_host ON reference_data ((state ->> 'host_id')) WHERE kind = 'room'`,
  `CREATE INDEX reference_data_library ON reference_data ((state ->> 'library_id')) WHERE kind = 'room'`,
  `CREATE INDEX reference_data_organization ON reference_data ((state ->> 'organization_id')) WHERE kind = 'host'`,
  `CREATE TABLE event_log (
    day date NOT NULL,
    source text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    subject uuid NOT NULL,
    type text NOT NULL,
    time timestamptz NOT NULL,
    at timestamptz NOT NULL,
    seq numeric NOT NULL,
    payload jsonb NOT NULL,
    digest bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (day, source, id)
  ) PARTITION BY RANGE (day)`,
  `CREATE INDEX event_log_subject ON event_log (subject, at)`,
  `CREATE TABLE event_log_other PARTITION OF event_log DEFAULT`,
  `CREATE TABLE quarantine (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    broker_time timestamptz NOT NULL,
    key bytea,
    value bytea,
    headers jsonb NOT NULL,
    reason text NOT NULL,
    error text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'discarded')),
    state_at timestamptz,
    state_why text,
    UNIQUE (topic, partition, "offset", broker_time)
  )`,
  `CREATE INDEX quarantine_open ON quarantine (id) WHERE state = 'open'`,
  `CREATE TABLE ingest_progress (
    topic text NOT NULL,
    partition integer NOT NULL,
    next_offset bigint NOT NULL,
    broker_time timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, partition)
  )`,
  `CREATE SEQUENCE projection_epoch`,
  // One row while changes were recorded that Redis did not take: the projection is to be rebuilt.
  `CREATE TABLE projection_debt (single boolean PRIMARY KEY DEFAULT true CHECK (single), since timestamptz NOT NULL)`,
];
