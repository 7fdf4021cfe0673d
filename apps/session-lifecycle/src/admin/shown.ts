import type { IngestAnswer, QuarantinedJson, QuarantinedWhole } from '#libs/contracts';
import type { FoundGap, QuarantineRow, TopicPause } from '#libs/session-store';
import type { PartitionAudit } from '../audit/auditor';

type Ingest = IngestAnswer['data'];

export function shownRow(row: QuarantineRow): QuarantinedJson {
  const { id, topic, partition, offset, key, value, reason, error, state, state_at, state_why } = row;
  return {
    id,
    topic,
    partition,
    offset,
    broker_time: row.broker_time.toISOString(),
    received_at: row.received_at.toISOString(),
    key: key && key.toString('utf8'),
    size: value && value.length,
    reason,
    error,
    state,
    state_at: state_at && state_at.toISOString(),
    state_why,
  };
}

export function shownWhole(row: QuarantineRow): QuarantinedWhole {
  return {
    ...shownRow(row),
    key_base64: row.key && row.key.toString('base64'),
    value_base64: row.value && row.value.toString('base64'),
    headers_base64: row.headers,
  };
}

export function shownPartition(audit: PartitionAudit): Ingest['partitions'][number] {
  const { topic, partition, low, high, nextOffset, lag, brokerTime } = audit;
  return { topic, partition, low, high, next_offset: nextOffset, lag, broker_time: isoOf(brokerTime) };
}

export function shownGap({ topic, partition, kind, from, to, why, foundAt }: FoundGap): Ingest['gaps'][number] {
  const found_at = new Date(foundAt).toISOString();
  return { topic, partition, kind, from_offset: from, to_offset: to, why, found_at };
}

export function shownPause({ topic, why, since, resumedUntil }: TopicPause): Ingest['pauses'][number] {
  return { topic, why, since: new Date(since).toISOString(), resumed_until: isoOf(resumedUntil) };
}

function isoOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
