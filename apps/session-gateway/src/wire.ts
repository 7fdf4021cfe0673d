import type { Socket as NetSocket } from 'node:net';
import type { Socket } from 'socket.io';

/** The parts of engine.io 6.6 and ws 8 below their public face that are used here. */
interface Connection {
  readyState: string;
  transport: { name: string; writable: boolean; socket?: { _socket?: Partial<NetSocket> | null } };
  writeBuffer?: { data?: unknown }[];
}

/** Bytes that wait in this process for the client to take them, in all three queues; at least 1 while any does. */
export function queuedBytes(conn: Socket['conn']): number {
  const { transport, writeBuffer = [] } = conn as unknown as Connection;
  const inTcp = transport.socket?.['_socket']?.writableLength ?? 0;
  if (transport.writable && writeBuffer.length === 0 && inTcp === 0) return 0;
  return writeBuffer.reduce((sum, { data }) => sum + (typeof data === 'string' ? data.length : 0), inTcp + 1);
}
