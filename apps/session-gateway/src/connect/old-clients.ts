import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { refusalPackets } from './engine-refusal';

export const TOO_OLD =
  "this gateway speaks Engine.IO 4 by websocket: use socket.io-client 3 or 4 with { transports: ['websocket'] } (EIO=4)";
/** They close by themselves once they have read why. */
const LEAVES_WITHIN_MS = 2000;

/** Receives clients of Engine.IO 3 by websocket, to tell them in their own packets that they are too old. */
export class OldClients {
  private readonly server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1024 });

  refuse(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.server.handleUpgrade(request, socket, head, (client) => tell(client));
  }

  close(): void {
    for (const client of this.server.clients) client.terminate();
    this.server.close();
  }
}

function tell(client: WebSocket): void {
  const timer = setTimeout(() => client.terminate(), LEAVES_WITHIN_MS);
  client.on('close', () => clearTimeout(timer));
  client.on('error', () => client.terminate());
  for (const packet of refusalPackets(3, TOO_OLD, 'engine_too_old')) client.send(packet);
}
