import type { Finding } from './damaged-place';
import type { PartitionAnswer } from './fetch-answer';
import { unreadableMessage } from './fetched-message';
import { readRecordSet } from './record-set';

/** What is known of the place from which a partition is read. */
export interface Place {
  offset: string;
  /** What is found there; null: it is being examined. */
  finding: Finding | null;
  /** The answer in which it was noticed. */
  answer: PartitionAnswer;
}

/** In a topic without compaction there are no holes: where Kafka leaves offsets out, its files have lost them. */
export function asLoss({ offset, answer }: Place, finding: Finding): Finding {
  if (finding.kind !== 'confirmed' || finding.base <= BigInt(offset)) return finding;
  const timestamp = timestampOf(answer, finding.base);
  const why = 'Kafka has no batch of these offsets';
  return { kind: 'lost', to: finding.base - 1n, why, bytes: Buffer.alloc(0), timestamp, next: null };
}

function timestampOf({ recordSet, highWatermark }: PartitionAnswer, base: bigint): number {
  const now = Date.now();
  const asked = { from: base, end: BigInt(highWatermark), now, mayHaveHoles: true };
  return Number(readRecordSet(recordSet, asked).messages[0]?.timestamp ?? now);
}

/** The answer for a partition with the one record that stands for what is lost. */
export function lostPartition({ offset, answer }: Place, { to, why, bytes, timestamp }: Finding & { kind: 'lost' }) {
  const { recordSet: _recordSet, ...rest } = answer;
  const place = { first: BigInt(offset), last: to, timestamp };
  const message = unreadableMessage(place, { reason: 'corrupt-batch', error: why, bytes });
  return { ...rest, abortedTransactions: [], messages: [message] };
}
