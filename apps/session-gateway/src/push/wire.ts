import type { Socket } from 'socket.io';
import type { SharedFrame } from './shared-frame';

/** The parts of engine.io 6.6 and ws 8 below their public face that are used here. */
interface Deflate {
  params?: { server_max_window_bits?: unknown };
  cleanup?: () => void;
}

interface WebSocket {
  _socket?: { writableLength?: number } | null;
  _sender?: { sendFrame?: (list: Buffer[]) => void; _state?: number; _deflating?: boolean } | null;
  _extensions?: Record<string, Deflate | undefined>;
  terminate?: () => void;
}

export interface Connection {
  readyState: string;
  transport: { name: string; writable: boolean; socket?: WebSocket };
  writeBuffer?: { data?: unknown }[];
  request?: unknown;
  on(event: 'packet', heard: () => void): unknown;
  write(message: string): unknown;
  close(discard: boolean): unknown;
}

/** engine.io's connection below a socket. */
export function connectionOf({ conn }: Pick<Socket, 'conn'>): Connection {
  return conn as unknown as Connection;
}

/** Whether this version has all that is needed to write a frame past engine.io; else every client gets its own. */
export function canShare({ transport, writeBuffer }: Connection): boolean {
  const { _socket: tcp, _sender: sender, _extensions: extensions } = transport.socket ?? {};
  return (
    transport.name === 'websocket' &&
    Array.isArray(writeBuffer) &&
    typeof tcp?.writableLength === 'number' &&
    typeof sender?.sendFrame === 'function' &&
    typeof (sender['_state'] ?? sender['_deflating']) !== 'undefined' &&
    typeof extensions === 'object'
  );
}

/** Bytes that wait in this process for the client to take them, in all queues; at least 1 while any does. */
export function queuedBytes({ transport, writeBuffer = [] }: Connection): number {
  const inTcp = transport.socket?.['_socket']?.writableLength ?? 0;
  if (transport.writable && writeBuffer.length === 0 && inTcp === 0) return 0;
  return writeBuffer.reduce((sum, { data }) => sum + (typeof data === 'string' ? data.length : 0), inTcp + 1);
}

/**
 * Writes a frame after all that was sent before: past engine.io where nothing waits in it, else through it. Only where
 * frames can be shared.
 */
export function write(connection: Connection, { message, plain, deflated }: SharedFrame): void {
  const { readyState, transport, writeBuffer } = connection;
  if (readyState !== 'open') return;
  const { socket } = transport;
  const sender = socket?.['_sender'];
  const isIdle = writeBuffer?.length === 0 && !sender?.['_state'] && !sender?.['_deflating'];
  if (!isIdle || !sender?.sendFrame) return void connection.write(message);
  sender.sendFrame([deflated !== null && agreedToDeflate(socket) ? deflated : plain]);
}

/** Closes at once, and drops what waits: a client that takes nothing would not take the end of it either. */
export function cut(connection: Connection): void {
  const { socket } = connection.transport;
  connection.close(true);
  socket?.terminate?.();
}

/**
 * Forgets the handshake's request, which Socket.IO keeps for the life of the connection: 8 of its 30 KiB. To be called
 * once the namespace was entered; what the handshake said is not there any more after it.
 */
export function releaseRequest(socket: Pick<Socket, 'conn' | 'handshake'>): void {
  connectionOf(socket).request = undefined;
  socket.handshake.headers = {};
}

/**
 * Browsers compress what they send, and ws keeps what inflated it: 20 KiB for a client that asks once. To be called as
 * a packet arrives, when nothing is being inflated; the next one makes another.
 */
export function releaseInflater({ transport }: Connection): void {
  transport.socket?.['_extensions']?.['permessage-deflate']?.cleanup?.();
}

/** The frame is deflated with the largest window: not for a client that asked for a smaller one. */
function agreedToDeflate(socket: WebSocket | undefined): boolean {
  const deflate = socket?.['_extensions']?.['permessage-deflate'];
  return deflate !== undefined && deflate.params?.server_max_window_bits === undefined;
}
