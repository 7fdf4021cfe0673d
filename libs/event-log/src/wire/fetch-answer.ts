import { ByteReader } from './byte-reader';
import { readRecordSet } from './record-set';

/**
 * The answer to a Fetch of version 11, as kafkajs's own decoder gives it, but one batch that cannot be read does not
 * take all partitions with it.
 */
export async function decodeFetchAnswer(bytes: Buffer) {
  const reader = new ByteReader(bytes);
  const clientSideThrottleTime = reader.int32();
  const errorCode = reader.int16();
  const sessionId = reader.int32();
  const responses = arrayOf(reader, () => ({ topicName: reader.string(), partitions: arrayOf(reader, readPartition) }));
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

function readPartition(reader: ByteReader) {
  return {
    partition: reader.int32(),
    errorCode: reader.int16(),
    highWatermark: String(reader.int64()),
    lastStableOffset: String(reader.int64()),
    lastStartOffset: String(reader.int64()),
    abortedTransactions: arrayOf(reader, () => ({
      producerId: String(reader.int64()),
      firstOffset: String(reader.int64()),
    })),
    preferredReadReplica: reader.int32(),
    messages: readRecordSet(reader.take(Math.max(reader.int32(), 0))),
  };
}

function arrayOf<T>(reader: ByteReader, read: (reader: ByteReader) => T): T[] {
  const length = Math.max(reader.int32(), 0);
  return Array.from({ length }, () => read(reader));
}
