import { randomBytes } from 'node:crypto';
import { type Socket, connect } from 'node:net';

/** One message as it came: its bytes are good only until the call returns. */
export interface RawMessage {
  payload: Buffer;
  isDeflated: boolean;
}

export interface RawWebSocketListener {
  opened?: () => void;
  message: (message: RawMessage) => void;
  /** `status`: of the answer to the upgrade when it was refused; 0 when the connection came to its end. */
  closed?: (status: number, answer: string) => void;
}

export interface RawWebSocketOptions {
  url: string;
  /** With its query. */
  path: string;
  /** Whether to agree to per-message deflate, as browsers do. */
  deflates?: boolean;
  headers?: Record<string, string>;
}

interface Frame {
  opcode: number;
  isDeflated: boolean;
  payload: Buffer;
  end: number;
}

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const READ_BYTES = 256 * 1024;
/** All connections of a process read into it: what is read is used up before anything else is read. */
const reading = Buffer.allocUnsafe(READ_BYTES);

/**
 * A WebSocket client that does as little as one can: thousands of them fit in a process and are no bottleneck. Messages
 * must be of one frame each, as servers in Node send them.
 */
export class RawWebSocket {
  private readonly tcp: Socket;
  private rest: Buffer | undefined;
  private isOpen = false;
  private status = 0;

  constructor(
    { url, path, deflates = false, headers = {} }: RawWebSocketOptions,
    private readonly listener: RawWebSocketListener,
  ) {
    const { hostname, port } = new URL(url);
    const lines = {
      Host: `${hostname}:${port}`,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
      ...(deflates ? { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' } : {}),
      ...headers,
    };
    const text = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
    this.tcp = connect({
      host: hostname,
      port: Number(port),
      onread: { buffer: reading, callback: (count) => this.read(reading.subarray(0, count)) },
    });
    this.tcp.setNoDelay(true);
    this.tcp.on('connect', () => this.tcp.write(`GET ${path} HTTP/1.1\r\n${text.join('')}\r\n`));
    this.tcp.on('error', () => undefined);
    this.tcp.on('end', () => this.tcp.destroy());
    this.tcp.on('close', () => this.listener.closed?.(this.status, this.isOpen ? '' : (this.rest?.toString() ?? '')));
  }

  send(text: string): void {
    this.write(TEXT, Buffer.from(text));
  }

  /** Takes nothing from the network any more, as a client whose device sleeps. */
  pause(): void {
    this.tcp.pause();
  }

  resume(): void {
    this.tcp.resume();
  }

  /** Without a word, as a connection that is lost. */
  cut(): void {
    this.tcp.resetAndDestroy();
  }

  /** Bytes that are no frame, or one that is broken. */
  sendBytes(bytes: Buffer): void {
    this.tcp.write(bytes);
  }

  /** RFC 6455 wants a mask of clients; that of zeros changes nothing. */
  private write(opcode: number, payload: Buffer): void {
    const { length } = payload;
    const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
    const frame = Buffer.alloc(6 + extended + length);
    frame[0] = 0x80 | opcode;
    frame[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127);
    if (extended === 2) frame.writeUInt16BE(length, 2);
    if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2);
    payload.copy(frame, 6 + extended);
    this.tcp.write(frame);
  }

  private read(chunk: Buffer): boolean {
    const bytes = this.rest ? Buffer.concat([this.rest, chunk]) : chunk;
    this.rest = undefined;
    let at = this.isOpen ? 0 : this.open(bytes);
    for (let frame = this.frameAt(bytes, at); frame; frame = this.frameAt(bytes, at)) {
      at = frame.end;
      this.take(frame);
    }
    if (at < bytes.length) this.rest = Buffer.from(bytes.subarray(at));
    return true;
  }

  /** Where the frames begin; 0 while the answer to the upgrade is not whole, or refuses. */
  private open(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return 0;
    this.status = Number(bytes.toString('latin1', 9, 12));
    if (this.status !== 101) return 0;
    this.status = 0;
    this.isOpen = true;
    this.listener.opened?.();
    return end + 4;
  }

  private frameAt(bytes: Buffer, at: number): Frame | undefined {
    if (!this.isOpen || bytes.length < at + 2) return undefined;
    const [first = 0, short = 0] = [bytes[at], bytes[at + 1]];
    const extended = short < 126 ? 0 : short === 126 ? 2 : 8;
    const start = at + 2 + extended;
    if (bytes.length < start) return undefined;
    const length =
      extended === 0 ? short : extended === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    const end = start + length;
    if (bytes.length < end) return undefined;
    return { opcode: first & 15, isDeflated: (first & 0x40) !== 0, payload: bytes.subarray(start, end), end };
  }

  private take({ opcode, isDeflated, payload }: Frame): void {
    if (opcode === PING) this.write(PONG, payload);
    else if (opcode === CLOSE) this.tcp.end();
    else if (opcode !== PONG) this.listener.message({ payload, isDeflated });
  }
}
