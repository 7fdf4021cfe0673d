import { constants, deflateRawSync } from 'node:zlib';

/** A message as whole WebSocket frames, made once and written to many sockets as it is. */
export interface SharedFrame {
  /** What engine.io calls the message: for the way that builds a frame for each client. */
  readonly message: string;
  readonly plain: Buffer;
  /** For clients that agreed to per-message deflate; null where it would not pay. */
  readonly deflated: Buffer | null;
}

const TEXT = 0x81;
const COMPRESSED = 0x40;
const WORTH_DEFLATING_BYTES = 1024;
const SYNC_TAIL_BYTES = 4;

/** A Socket.IO event of namespace `/` in an engine.io message (`4`), as the stock client reads it. */
export function sharedFrame(event: string, payload: unknown): SharedFrame {
  const message = `2${JSON.stringify([event, payload])}`;
  const text = Buffer.from(`4${message}`);
  const isWorth = text.length >= WORTH_DEFLATING_BYTES;
  return { message, plain: webSocketFrame(TEXT, text), deflated: isWorth ? deflated(text) : null };
}

/** RFC 7692 without context takeover: flushed, its empty last block cut off. */
function deflated(text: Buffer): Buffer {
  const flushed = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
  return webSocketFrame(TEXT | COMPRESSED, flushed.subarray(0, -SYNC_TAIL_BYTES));
}

/** RFC 6455, one unmasked frame, header and payload in one buffer: one write to the socket. */
function webSocketFrame(firstByte: number, payload: Buffer): Buffer {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.allocUnsafe(2 + extended + length);
  frame[0] = firstByte;
  frame[1] = extended === 0 ? length : extended === 2 ? 126 : 127;
  if (extended === 2) frame.writeUInt16BE(length, 2);
  if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  payload.copy(frame, 2 + extended);
  return frame;
}
