/** From so many letters on, a text is measured before room is made for it. */
const LONG_TEXT = 1 << 12;

/** Bytes that grow as they are written, in network order. */
export class ByteWriter {
  /** Written up to `length`; may be replaced by a larger one whenever room is made. */
  bytes: Buffer;
  length = 0;

  /** `size`: how many bytes are likely to be written. */
  constructor(private readonly size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  /** Makes room for `more` bytes. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, needed));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  int16(value: number): void {
    this.reserve(2);
    this.length = this.bytes.writeInt16BE(value, this.length);
  }

  int32(value: number): void {
    this.reserve(4);
    this.length = this.bytes.writeInt32BE(value, this.length);
  }

  int64(value: bigint): void {
    this.reserve(8);
    this.length = this.bytes.writeBigInt64BE(value, this.length);
  }

  /** An integer up to 2^53, without the cost of a bigint. */
  safeInt64(value: number): void {
    this.reserve(8);
    const high = Math.floor(value / 2 ** 32);
    this.bytes.writeInt32BE(high, this.length);
    this.bytes.writeUInt32BE(value - high * 2 ** 32, this.length + 4);
    this.length += 8;
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** UTF-8, with its length in bytes before it; half a surrogate pair becomes the replacement character. */
  utf8(text: string, prefix?: number): void {
    const before = prefix === undefined ? 4 : 5;
    // No unit of UTF-16 takes more than three bytes.
    this.reserve(before + (text.length < LONG_TEXT ? text.length * 3 : Buffer.byteLength(text)));
    if (prefix !== undefined) this.bytes[this.length + 4] = prefix;
    const size = this.bytes.write(text, this.length + before, 'utf8');
    this.bytes.writeInt32BE(size + before - 4, this.length);
    this.length += before + size;
  }

  /** What was written; the writer is not to be used any more. */
  done(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** What was written so far; goes on with bytes of its own. */
  take(): Buffer {
    const taken = this.done();
    this.bytes = Buffer.allocUnsafe(this.size);
    this.length = 0;
    return taken;
  }
}
