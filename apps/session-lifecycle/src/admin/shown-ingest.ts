import type { IngestAnswer } from '#libs/contracts';
import type { FoundGap, TopicPause } from '#libs/session-store';
import type { PartitionAudit } from '../audit/partition-audit';

type Ingest = IngestAnswer['data'];

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
