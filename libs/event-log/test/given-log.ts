import type { Fetch } from '../src/wire/fetch-reader';

/** A batch in a log: its true place, and its bytes, which may be damaged. */
export interface LoggedBatch {
  from: bigint;
  last: bigint;
  bytes: Buffer;
}

/**
 * Answers fetches as a broker does that knows where its batches lie: from the batch that has the offset, or else the
 * next one; the first whole, the last cut off where there is no more room.
 */
export function answersOf(batches: LoggedBatch[], { end, room = 2 ** 20 }: { end: bigint; room?: number }): Fetch {
  return async ({ topics }) => ({
    throttleTime: 0,
    clientSideThrottleTime: 0,
    errorCode: 0,
    sessionId: 0,
    responses: topics.map(({ topic, partitions }) => ({
      topicName: topic,
      partitions: partitions.map(({ partition, fetchOffset }) => ({
        partition,
        errorCode: 0,
        highWatermark: String(end),
        lastStableOffset: String(end),
        lastStartOffset: '0',
        abortedTransactions: [],
        preferredReadReplica: -1,
        recordSet: setFrom(batches, BigInt(fetchOffset), room),
      })),
    })),
  });
}

function setFrom(batches: LoggedBatch[], offset: bigint, room: number): Buffer {
  const [first, ...rest] = batches.filter(({ last }) => last >= offset);
  if (!first) return Buffer.alloc(0);
  const all = Buffer.concat([first.bytes, ...rest.map(({ bytes }) => bytes)]);
  return all.subarray(0, Math.max(room, first.bytes.length));
}
