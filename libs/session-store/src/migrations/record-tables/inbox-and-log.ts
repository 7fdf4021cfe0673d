/**
 * The identities of events, and what was said of each session, both partitioned by day: of the event's time, and of its
 * receipt. The partitions are made by partitions/ensure-partitions.ts, and carry the storage parameters.
 */
export const INBOX_AND_LOG: string[] = [
  `CREATE TABLE event_inbox (
    identity uuid NOT NULL,
    content uuid NOT NULL,
    day date NOT NULL,
    PRIMARY KEY (identity, day)
  ) PARTITION BY RANGE (day)`,
  `CREATE SEQUENCE session_log_id AS bigint`,
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
  // To compress the events of a backlog costs more than to write them: 4.6 instead of 1.8 µs an event.
  `ALTER TABLE session_log ALTER COLUMN entries SET STORAGE EXTERNAL`,
  `CREATE INDEX session_log_subject ON session_log (subject, id)`,
  `CREATE INDEX session_log_place ON session_log (topic, partition, last_offset) WHERE topic IS NOT NULL`,
];
