import type { DataSource } from 'typeorm';
import type { QuarantineState } from '../quarantine/quarantine';

/** What of the quarantine has a place of Kafka in it. */
export interface QuarantinedAt {
  /** A row, or a range of places beyond the quarantine. */
  kind: 'record' | 'batch' | 'range';
  id: string;
  source: string;
  reason: string;
  /** null: of a range it is not kept. */
  error: string | null;
  state: QuarantineState;
  received_at: Date;
}

/** A batch may have at most so many rows of single records before its end. */
const NEAR = 200;

/**
 * Of a record its row; else that of the batch that has it, which stands at its last offset; else the range, where all of it
 * could not be read. undefined: none, or a range of which some were taken, so that nobody knows.
 */
export async function quarantinedAt(
  source: DataSource,
  topic: string,
  partition: number,
  offset: string,
): Promise<QuarantinedAt | undefined> {
  const place = [topic, partition, offset];
  const [row] = (await source.query(AT_PLACE, place)) as QuarantinedAt[];
  if (row) return row;
  const [batch] = (await source.query(IN_BATCH, [...place, NEAR])) as QuarantinedAt[];
  if (batch) return batch;
  const [range] = (await source.query(IN_RANGE, place)) as QuarantinedAt[];
  return range;
}

const AT_PLACE = `
  SELECT kind, id, source, reason, error, state, received_at FROM quarantine
  WHERE topic = $1 AND partition = $2 AND "offset" = $3 ORDER BY id DESC LIMIT 1`;

// The bytes of a batch begin with its first offset. What is damaged may say any; it is believed within what a batch spans.
const IN_BATCH = `
  SELECT kind, id, source, reason, error, state, received_at FROM (
    SELECT kind, id, source, reason, error, state, received_at, "offset",
      CASE WHEN kind = 'batch' AND octet_length(value) >= 8
        THEN ('x' || encode(substring(value FROM 1 FOR 8), 'hex'))::bit(64)::bigint END AS first
    FROM quarantine WHERE topic = $1 AND partition = $2 AND "offset" > $3 ORDER BY "offset" LIMIT $4) AS near
  WHERE first BETWEEN 0 AND $3 AND "offset" - first < 2147483648 ORDER BY "offset" LIMIT 1`;

const IN_RANGE = `
  SELECT 'range' AS kind, id, source, reason, NULL AS error, state, received_at FROM (
    SELECT id, source, reason, state, received_at, from_offset, to_offset, messages FROM quarantine_ranges
    WHERE topic = $1 AND partition = $2 AND to_offset >= $3 ORDER BY to_offset LIMIT 1) AS near
  WHERE from_offset <= $3 AND messages = to_offset - from_offset + 1`;
