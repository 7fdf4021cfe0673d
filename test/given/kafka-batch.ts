type Encoded = { buffer: Buffer };
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch: (batch: object) => Promise<Encoded>;
};
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => Encoded;

/** The bytes of an uncompressed batch whose records begin at offset `from` and at `firstTimestamp` (epoch ms). */
export async function kafkaBatch(
  from: number,
  firstTimestamp: number,
  records: readonly { key: Buffer | null; value: Buffer | null }[],
): Promise<Buffer> {
  const { buffer } = await RecordBatch({
    compression: 0,
    firstOffset: BigInt(from),
    firstTimestamp,
    maxTimestamp: firstTimestamp + records.length - 1,
    lastOffsetDelta: records.length - 1,
    records: records.map((record, at) => encodeRecord({ offsetDelta: at, timestampDelta: at, ...record })),
  });
  return buffer;
}
