import type { ClientToServerEvents, ServerToClientEvents } from '#libs/contracts';
import type { Audience } from '#libs/live-list';
import type { DefaultEventsMap, Server, Socket } from 'socket.io';

/** What the gateway keeps of a socket. */
export interface SocketData {
  audience: Audience;
}

export type LiveServer = Server<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;
export type LiveSocket = Socket<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;
