/** Why a batch as a whole cannot be read. */
export type UnreadableReason = 'corrupt-batch' | 'unknown-codec' | 'too-large-batch';

/** A batch that cannot be read. It stands as one record at its last offset, with all its bytes as the value. */
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
  headers: Record<string, Buffer | Buffer[]>;
  isControlRecord: boolean;
  batchContext: { producerId: string; inTransaction: boolean };
  unreadable?: UnreadableBatch;
}
