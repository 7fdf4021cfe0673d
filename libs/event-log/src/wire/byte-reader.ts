/** Bytes that do not say what their format demands. */
export class MalformedBytes extends Error {}

/** Reads Kafka's primitives one after another; refuses to read past the end. */
export class ByteReader {
  constructor(
    private readonly bytes: Buffer,
    private at = 0,
    private readonly end = bytes.length,
  ) {}

  get position(): number {
    return this.at;
  }

  get left(): number {
    return this.end - this.at;
  }

  int8(): number {
    return this.bytes.readInt8(this.forward(1));
  }

  int16(): number {
    return this.bytes.readInt16BE(this.forward(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.forward(4));
  }

  int64(): bigint {
    return this.bytes.readBigInt64BE(this.forward(8));
  }

  /** Zigzag, up to 64 bits; exact up to 2^53. */
  varint(): number {
    let value = 0;
    for (let index = 0; index < 10; index++) {
      const byte = this.bytes.readUInt8(this.forward(1));
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new MalformedBytes('a varint of more than 10 bytes');
  }

  take(length: number): Buffer {
    const from = this.forward(length);
    return this.bytes.subarray(from, from + length);
  }

  /** Bytes after their varint length; null for -1. */
  varBytes(): Buffer | null {
    const length = this.varint();
    return length === -1 ? null : this.take(length);
  }

  /** Text after its int16 length. */
  string(): string {
    return this.take(this.int16()).toString('utf8');
  }

  private forward(length: number): number {
    const from = this.at;
    if (!(length >= 0) || length > this.end - from) {
      throw new MalformedBytes(`${length} bytes at ${from} where ${this.end - from} are left`);
    }
    this.at = from + length;
    return from;
  }
}
