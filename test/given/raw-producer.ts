import { connect } from 'node:net';
import { crc32c } from '@node-rs/crc32';

/** A record byte for byte: names that are no text, names that come again, values of null. */
export interface RawMessage {
  key: Buffer | null;
  value: Buffer | null;
  headers: readonly { name: Buffer; value: Buffer | null }[];
}

const PRODUCE = 0;
/** With record batches of format 2; every Kafka from 2.1 to 4.x speaks it. */
const PRODUCE_VERSION = 7;

/**
 * Sends one record to a partition whose leader is at `broker` (`host:port`), and gives its offset. Rejects with the
 * broker's error code. No client stands between: it may be a record that none would write.
 */
export async function produceRaw(broker: string, topic: string, partition: number, one: RawMessage): Promise<string> {
  const body = Buffer.concat([
    int16(-1), // no transactional id
    int16(-1), // all replicas
    int32(30_000),
    int32(1),
    string(topic),
    int32(1),
    int32(partition),
    sized(batchOf(one)),
  ]);
  const head = Buffer.concat([int16(PRODUCE), int16(PRODUCE_VERSION), int32(1), string('by hand')]);
  return offsetIn(await exchange(broker, sized(Buffer.concat([head, body]))), topic);
}

/** https://kafka.apache.org/documentation/#recordbatch */
function batchOf(one: RawMessage): Buffer {
  const now = int64(Date.now());
  const checked = Buffer.concat([
    int16(0), // not compressed
    int32(0), // last offset delta
    now,
    now,
    int64(-1), // no producer id
    int16(-1),
    int32(-1),
    int32(1),
    recordOf(one),
  ]);
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32c(checked));
  const rest = Buffer.concat([int32(-1), Buffer.from([2]), crc, checked]);
  return Buffer.concat([int64(0), sized(rest)]);
}

function recordOf({ key, value, headers }: RawMessage): Buffer {
  const pieces = [Buffer.from([0]), varint(0), varint(0), varBytes(key), varBytes(value), varint(headers.length)];
  for (const header of headers) pieces.push(varBytes(header.name), varBytes(header.value));
  return varBytes(Buffer.concat(pieces));
}

function exchange(broker: string, request: Buffer): Promise<Buffer> {
  const at = broker.lastIndexOf(':');
  return new Promise((resolve, reject) => {
    let heard = Buffer.alloc(0);
    const socket = connect(Number(broker.slice(at + 1)), broker.slice(0, at), () => socket.write(request));
    socket.on('data', (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
      if (heard.length < 4 || heard.length < 4 + heard.readInt32BE(0)) return;
      socket.destroy();
      resolve(heard.subarray(4));
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`${broker} closed the connection and gave no answer`)));
  });
}

/** Behind the correlation id, the one topic and the one partition. */
function offsetIn(answer: Buffer, topic: string): string {
  const at = 4 + 4 + 2 + Buffer.byteLength(topic) + 4 + 4;
  const code = answer.readInt16BE(at);
  if (code !== 0) throw new Error(`Kafka refused a record for ${topic}: error code ${code}`);
  return String(answer.readBigInt64BE(at + 2));
}

const int16 = (value: number) => Buffer.from([(value >> 8) & 0xff, value & 0xff]);

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

const string = (text: string) => Buffer.concat([int16(Buffer.byteLength(text)), Buffer.from(text)]);
const sized = (bytes: Buffer) => Buffer.concat([int32(bytes.length), bytes]);

function varBytes(bytes: Buffer | null): Buffer {
  return bytes === null ? varint(-1) : Buffer.concat([varint(bytes.length), bytes]);
}

/** Zigzag. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}
