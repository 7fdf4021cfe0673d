import type { ClientToServerEvents, ServerToClientEvents } from '#libs/contracts';
import type { AudienceName, TokenBucket } from '#libs/live-list';
import type { DefaultEventsMap, Server, Socket } from 'socket.io';

/** What the gateway keeps of a socket. */
export interface SocketData {
  audience: AudienceName;
  /** When what its token allows ends, epoch ms; null: never. */
  until: number | null;
  /** Where it comes from; an IPv6 address is its /64. */
  address: string;
  /** Counts a message to what all sockets of the address may send. 0: let through; else in how many ms the next one is. */
  countMessage: (now: number) => number;
  /** How many `error` events it may still be sent; undefined before the first. */
  errors?: TokenBucket;
}

export type LiveServer = Server<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;
export type LiveSocket = Socket<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;
