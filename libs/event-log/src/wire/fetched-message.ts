/** Why a batch as a whole cannot be read. */
export type UnreadableReason = 'corrupt-batch' | 'unknown-codec' | 'too-large-batch';

/**
 * Offsets of which no record can be read. They stand as one record at the last of them; its value has the bytes that
 * Kafka gave in their place, as far as it gave any.
 */
export interface UnreadableBatch {
  reason: UnreadableReason;
  error: string;
  firstOffset: string;
  lastOffset: string;
}

/** A record as kafkajs expects it of its own decoder. */
export interface FetchedMessage {
  magicByte: number;
  attributes: number;
  timestamp: string;
  offset: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, HeaderValue>;
  isControlRecord: boolean;
  batchContext: { producerId: string; inTransaction: boolean };
  unreadable?: UnreadableBatch;
}

/** undefined: Kafka has the header without a value. */
export type HeaderValue = Buffer | Buffer[] | undefined;

/** A message that carries nothing: a mark, or the place of what cannot be read. `timestamp` in epoch ms. */
export function bareMessage(offset: bigint, timestamp: number): FetchedMessage {
  return {
    magicByte: 2,
    attributes: 0,
    timestamp: String(timestamp),
    offset: String(offset),
    key: null,
    value: null,
    headers: {},
    isControlRecord: false,
    batchContext: { producerId: '-1', inTransaction: false },
  };
}

/** The one record that stands for the offsets from `first` to `last`. `timestamp` in epoch ms. */
export function unreadableMessage(
  { first, last, timestamp }: { first: bigint; last: bigint; timestamp: number },
  { reason, error, bytes }: { reason: UnreadableReason; error: string; bytes: Buffer },
): FetchedMessage {
  const unreadable = { reason, error, firstOffset: String(first), lastOffset: String(last) };
  return { ...bareMessage(last, timestamp), value: bytes, unreadable };
}
