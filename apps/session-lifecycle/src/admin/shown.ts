import type { IngestAnswer, QuarantinedJson, QuarantinedRangeJson, QuarantinedWhole } from '#libs/contracts';
import {
  type FoundGap,
  type QuarantineRange,
  type QuarantineRow,
  type QuarantineSummary,
  type TopicPause,
  decodeHeaders,
  isTime,
} from '#libs/session-store';
import type { PartitionAudit } from '../audit/partition-audit';

type Ingest = IngestAnswer['data'];

export function shownRow(row: QuarantineSummary): QuarantinedJson {
  const {
    id,
    topic,
    partition,
    offset,
    kind,
    source,
    size,
    reason,
    error,
    last_error,
    tries,
    state,
    state_at,
    state_why,
  } = row;
  return {
    id,
    topic,
    partition,
    offset,
    broker_time: timeOrNull(row.broker_ms),
    received_at: row.received_at.toISOString(),
    kind,
    source,
    key: row.key && row.key.toString('utf8'),
    size,
    reason,
    error,
    last_error,
    tries,
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
    headers: decodeHeaders(row.headers).map(({ name, value }) => ({
      name: name.toString('utf8'),
      name_base64: name.toString('base64'),
      value_base64: value && value.toString('base64'),
    })),
  };
}

export function shownRange(range: QuarantineRange): QuarantinedRangeJson {
  const { id, topic, partition, from_offset, to_offset, source, reason, last_error, tries, state } = range;
  return {
    id,
    topic,
    partition,
    from_offset,
    to_offset,
    source,
    reason,
    messages: Number(range.messages),
    first_broker_time: timeOrNull(range.first_ms),
    last_broker_time: timeOrNull(range.last_ms),
    received_at: range.received_at.toISOString(),
    last_error,
    tries,
    state,
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

/** What a damaged record has in place of its time is none. */
function timeOrNull(ms: string): string | null {
  return isTime(Number(ms)) ? isoOf(Number(ms)) : null;
}
