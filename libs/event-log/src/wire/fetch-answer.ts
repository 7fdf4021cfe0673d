import { ByteReader } from './byte-reader';

/** What Kafka says of one partition in answer to a Fetch. */
export interface PartitionAnswer {
  partition: number;
  errorCode: number;
  highWatermark: string;
  lastStableOffset: string;
  lastStartOffset: string;
  abortedTransactions: { producerId: string; firstOffset: string }[];
  preferredReadReplica: number;
  /** The batches as they came: who asked reads them, as only it knows what it asked for. */
  recordSet: Buffer;
}

export interface FetchAnswer {
  throttleTime: number;
  clientSideThrottleTime: number;
  errorCode: number;
  sessionId: number;
  responses: { topicName: string; partitions: PartitionAnswer[] }[];
}

/** Kafka's own files are damaged there: no reason to fail the answer for all other partitions. */
const CORRUPT_MESSAGE = 2;

/** The answer to a Fetch of version 11, as kafkajs's own decoder gives it, but with the batches unread. */
export async function decodeFetchAnswer(bytes: Buffer): Promise<FetchAnswer> {
  const reader = new ByteReader(bytes);
  const clientSideThrottleTime = reader.int32();
  const errorCode = reader.int16();
  const sessionId = reader.int32();
  const responses = arrayOf(reader, () => ({ topicName: reader.string(), partitions: arrayOf(reader, readPartition) }));
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

function readPartition(reader: ByteReader): PartitionAnswer {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const answer = {
    partition,
    errorCode: errorCode === CORRUPT_MESSAGE ? 0 : errorCode,
    highWatermark: String(reader.int64()),
    lastStableOffset: String(reader.int64()),
    lastStartOffset: String(reader.int64()),
    abortedTransactions: arrayOf(reader, () => ({
      producerId: String(reader.int64()),
      firstOffset: String(reader.int64()),
    })),
    preferredReadReplica: reader.int32(),
    recordSet: reader.take(Math.max(reader.int32(), 0)),
  };
  // One byte is no batch: it stands for the one that Kafka could not read.
  return errorCode === CORRUPT_MESSAGE ? { ...answer, recordSet: UNREADABLE_BY_KAFKA } : answer;
}

const UNREADABLE_BY_KAFKA = Buffer.alloc(1);

function arrayOf<T>(reader: ByteReader, read: (reader: ByteReader) => T): T[] {
  const length = Math.max(reader.int32(), 0);
  const found: T[] = [];
  // An absurd length ends with the bytes.
  while (found.length < length) found.push(read(reader));
  return found;
}
