import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { WsMessageHandler } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { MAX_REQUEST_BYTES } from '#libs/contracts';
import { callerAddress, networkOf } from '#libs/service-host';
import { Server, type ServerOptions } from 'socket.io';
import type { Admission } from './admission';
import type { GatewayConfig } from '../config';
import { revisionOf } from './engine-refusal';
import { OldClients, TOO_OLD } from './old-clients';
import { WEBSOCKET_ONLY, refusePolling } from './polling-refusal';
import { turnAway } from './readable-refusal';

/** Beyond this a message closes the connection unread; up to it, it can be answered that it is too large. */
const MAX_READ_BYTES = 4 * MAX_REQUEST_BYTES;
/** From the upgrade to the entry into the namespace: who takes longer holds a place for nothing. */
const ENTRY_LIMIT_MS = 10_000;
/** Agreed on, but never done for each client: only shared frames are deflated, once. */
const SHARED_DEFLATE = { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 2 ** 30 };

const PATH = '/socket.io/';

interface Listening {
  on(event: string, heard: (...args: unknown[]) => void): unknown;
}

/** Socket.IO by websocket only, behind an admission that answers before the upgrade. */
export class SocketIoAdapter extends IoAdapter {
  private readonly oldClients = new OldClients();

  constructor(
    private readonly app: NestFastifyApplication,
    private readonly config: GatewayConfig,
    private readonly admission: Admission,
    private readonly onTurned: (reason: string) => void,
  ) {
    super(app);
  }

  /** The Socket.IO that is pinned here, not the copy that Nest's package brings. */
  override createIOServer(_port: number, options?: object): ReturnType<IoAdapter['createIOServer']> {
    const http: HttpServer = this.app.getHttpServer();
    const ours: Partial<ServerOptions> = {
      ...options,
      path: PATH,
      transports: ['websocket'],
      serveClient: false,
      connectTimeout: ENTRY_LIMIT_MS,
      maxHttpBufferSize: MAX_READ_BYTES,
      perMessageDeflate: this.config.DEFLATE ? SHARED_DEFLATE : false,
    };
    const server = new Server(http, ours);
    this.guardUpgrades(http);
    this.guardRequests(http);
    http.once('close', () => this.oldClients.close());
    return server as unknown as ReturnType<IoAdapter['createIOServer']>;
  }

  /**
   * One listener a message and socket, where Nest would make a pipeline of each: 20 KiB a socket. Handlers ack by
   * themselves and give nothing back.
   */
  override bindMessageHandlers(socket: Listening, handlers: WsMessageHandler[]): void {
    for (const { message, callback } of handlers) {
      socket.on(message, (...args) => {
        const { payload, ack } = partsOf(args);
        void callback(payload, ack);
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
        this.onTurned(turned.reason);
        return turnAway(request, socket, turned);
      }
      socket.once('close', () => this.admission.left(address));
      if (isTooOld(request)) {
        this.onTurned('Engine.IO 3');
        return this.oldClients.refuse(request, socket, head);
      }
      for (const upgrade of upgrades) upgrade.call(http, request, socket, head);
    });
  }

  /** Socket.IO would answer what is no upgrade with "Transport unknown", which browsers may not even read. */
  private guardRequests(http: HttpServer): void {
    const listeners = http.listeners('request');
    http.removeAllListeners('request');
    http.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (request.url?.startsWith(PATH)) return this.refuse(request, response);
      for (const listener of listeners) listener.call(http, request, response);
    });
  }

  private refuse(request: IncomingMessage, response: ServerResponse): void {
    const turned = this.admission.refusesOrigin(request.headers.origin);
    const why = turned?.reason ?? (parametersOf(request).get('EIO') === '4' ? WEBSOCKET_ONLY : TOO_OLD);
    if (request.method === 'GET') this.onTurned(turned?.reason ?? 'polling');
    refusePolling(request, response, why);
  }
}

/** A packet has its ack last, if it has one; a request is one value before it. */
function partsOf(args: readonly unknown[]): { payload: unknown; ack: unknown } {
  const ack = args.at(-1);
  const hasAck = typeof ack === 'function';
  const values = hasAck ? args.slice(0, -1) : args;
  return { payload: values.length > 1 ? values : values[0], ack: hasAck ? ack : undefined };
}

function parametersOf({ url = '/' }: IncomingMessage): URLSearchParams {
  return new URL(url, 'http://gateway').searchParams;
}

function isTooOld(request: IncomingMessage): boolean {
  const isOurs = request.url?.startsWith(PATH) ?? false;
  return isOurs && revisionOf(parametersOf(request)) === 3;
}
