import { crc32c } from '@node-rs/crc32';
import type { CompressionTypes } from 'kafkajs';
import type { FetchedMessage } from '../src/wire/fetched-message';
import { patchKafkajs } from '../src/wire/kafkajs-patches';

patchKafkajs();

type Encoded = { buffer: Buffer };
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch: (batch: object) => Promise<Encoded>;
};
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => Encoded;
const decodeBatch = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (
  decoder: object,
) => Promise<{ records: FetchedMessage[] }>;
const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object;

export interface GivenRecord {
  key?: Buffer | null;
  value?: Buffer | null;
  headers?: Record<string, Buffer | Buffer[]>;
}

interface GivenBatch {
  from: number;
  records: GivenRecord[];
  compression?: CompressionTypes;
  /** Instead of what it is compressed by. */
  claimedCodec?: number;
  /** Of the last record that it had once. */
  lastOffset?: number;
}

const FIRST_TIMESTAMP = 1_764_000_000_000;

/** A batch as kafkajs writes it. */
export async function givenBatch({
  from,
  records,
  compression = 0,
  claimedCodec,
  lastOffset,
}: GivenBatch): Promise<Buffer> {
  const { buffer } = await RecordBatch({
    compression,
    firstOffset: BigInt(from),
    firstTimestamp: FIRST_TIMESTAMP,
    maxTimestamp: FIRST_TIMESTAMP + records.length,
    lastOffsetDelta: (lastOffset ?? from + records.length - 1) - from,
    records: records.map(({ key = null, value = null, headers }, at) =>
      encodeRecord({ offsetDelta: at, timestampDelta: at, key, value, headers }),
    ),
  });
  if (claimedCodec !== undefined) buffer.writeInt16BE(claimedCodec, 21);
  return resealed(buffer);
}

/** The same bytes with a checksum that is right. */
export function resealed(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

/** What kafkajs itself makes of a batch. */
export async function decodedByKafkajs(batch: Buffer): Promise<FetchedMessage[]> {
  return (await decodeBatch(new Decoder(batch))).records;
}
