import type { ClientToServerEvents, ServerToClientEvents } from '#libs/contracts';
import type { Socket } from 'socket.io-client';

export type LiveSocket = Socket<ServerToClientEvents, ClientToServerEvents>;
/** What is needed of it to ask. */
export type Asker = Pick<LiveSocket, 'emit'>;
