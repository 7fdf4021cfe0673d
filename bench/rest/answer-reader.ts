export interface ReadAnswer {
  status: number;
  /** Of head and body together. */
  bytes: number;
  /** What was read with it; the body begins at `bodyAt`. Only good until the next chunk. */
  whole: Buffer;
  bodyAt: number;
}

const HEAD_END = '\r\n\r\n';
const LENGTH = /\r\ncontent-length: (\d+)/i;
const WITHOUT_BODY = 304;

/**
 * Reads the answers of one connection on which each request waits for the answer before it. It knows of HTTP only what
 * it takes to see where an answer ends, so that who asks is not what is measured.
 */
export class AnswerReader {
  private held: Buffer | undefined;
  private end = Infinity;
  private bodyAt = 0;

  /** Gives the answer that ends with this chunk. Throws on what it cannot read, and when there is more than was asked. */
  take(chunk: Buffer): ReadAnswer | undefined {
    const whole = this.held ? Buffer.concat([this.held, chunk]) : chunk;
    if (this.end === Infinity) this.readHead(whole);
    if (whole.length > this.end) throw new Error('there is more than one answer');
    if (whole.length < this.end) {
      // The chunk is the socket's, which reads the next one into it.
      this.held = this.held ? whole : Buffer.from(whole);
      return undefined;
    }
    const { bodyAt, end: bytes } = this;
    this.held = undefined;
    this.end = Infinity;
    return { status: statusOf(whole), bytes, whole, bodyAt };
  }

  private readHead(whole: Buffer): void {
    const headEnd = whole.indexOf(HEAD_END);
    if (headEnd < 0) return;
    this.bodyAt = headEnd + HEAD_END.length;
    const length =
      statusOf(whole) === WITHOUT_BODY ? 0 : Number(LENGTH.exec(whole.toString('latin1', 0, headEnd))?.[1]);
    if (Number.isNaN(length)) throw new Error('the answer does not say how long it is');
    this.end = this.bodyAt + length;
  }
}

function statusOf(whole: Buffer): number {
  return Number(whole.toString('latin1', 9, 12));
}
