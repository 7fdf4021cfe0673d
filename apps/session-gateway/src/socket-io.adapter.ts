import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { WsMessageHandler } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { MAX_REQUEST_BYTES } from '#libs/contracts';
import { callerAddress, networkOf } from '#libs/service-host';
import { Server, type ServerOptions } from 'socket.io';
import type { Admission, Turned } from './admission';
import type { GatewayConfig } from './config';

/** Beyond this a message closes the connection unread; up to it, it can be answered that it is too large. */
const MAX_READ_BYTES = 4 * MAX_REQUEST_BYTES;
/** From the upgrade to the entry into the namespace: who takes longer holds a place for nothing. */
const ENTRY_LIMIT_MS = 10_000;
/** Agreed on, but never done for each client: only shared frames are deflated, once. */
const SHARED_DEFLATE = { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 2 ** 30 };

interface Listening {
  on(event: string, heard: (...args: unknown[]) => void): unknown;
}

/** Socket.IO by websocket only, behind an admission that answers before the upgrade. */
export class SocketIoAdapter extends IoAdapter {
  constructor(
    private readonly app: NestFastifyApplication,
    private readonly config: GatewayConfig,
    private readonly admission: Admission,
    private readonly onTurned: (turned: Turned) => void,
  ) {
    super(app);
  }

  /** The Socket.IO that is pinned here, not the copy that Nest's package brings. */
  override createIOServer(_port: number, options?: object): ReturnType<IoAdapter['createIOServer']> {
    const http: HttpServer = this.app.getHttpServer();
    const ours: Partial<ServerOptions> = {
      ...options,
      transports: ['websocket'],
      serveClient: false,
      connectTimeout: ENTRY_LIMIT_MS,
      maxHttpBufferSize: MAX_READ_BYTES,
      perMessageDeflate: this.config.DEFLATE ? SHARED_DEFLATE : false,
    };
    const server = new Server(http, ours);
    this.guardUpgrades(http);
    return server as unknown as ReturnType<IoAdapter['createIOServer']>;
  }

  /**
   * One listener a message and socket, where Nest would make a pipeline of each: 20 KiB a socket. Handlers ack by
   * themselves and give nothing back.
   */
  override bindMessageHandlers(socket: Listening, handlers: WsMessageHandler[]): void {
    for (const { message, callback } of handlers) {
      socket.on(message, (...args) => {
        const { data, ack } = this.mapPayload(args);
        void callback(data, ack);
      });
    }
  }

  /** Stands before what Socket.IO does with an upgrade: a refusal costs no handshake. */
  private guardUpgrades(http: HttpServer): void {
    const upgrades = http.listeners('upgrade');
    http.removeAllListeners('upgrade');
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const address = networkOf(callerAddress(request, this.config.TRUSTED_PROXIES));
      const turned = this.admission.enter({ origin: request.headers.origin, address }, Date.now());
      if (turned) {
        this.onTurned(turned);
        return turnAway(socket, turned);
      }
      socket.once('close', () => this.admission.left(address));
      for (const upgrade of upgrades) upgrade.call(http, request, socket, head);
    });
  }
}

const TITLES = { 403: 'Forbidden', 429: 'Too Many Requests', 503: 'Service Unavailable' };

function turnAway(socket: Duplex, { status, reason, retryAfter }: Turned): void {
  const lines = [
    `HTTP/1.1 ${status} ${TITLES[status]}`,
    'Connection: close',
    'Content-Type: text/plain',
    `Content-Length: ${reason.length}`,
    ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
  ];
  socket.on('error', () => socket.destroy());
  socket.end(`${lines.join('\r\n')}\r\n\r\n${reason}`);
}
