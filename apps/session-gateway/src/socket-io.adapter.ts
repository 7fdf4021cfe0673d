import type { INestApplicationContext } from '@nestjs/common';
import { MAX_REQUEST_BYTES } from '#libs/contracts';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { Server, type ServerOptions } from 'socket.io';
import type { GatewayConfig } from './config';

/** Socket.IO by websocket only, for the origins that are allowed. */
export class SocketIoAdapter extends IoAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly config: GatewayConfig,
  ) {
    super(app);
  }

  /** The Socket.IO that is pinned here, not the copy that Nest's package brings. */
  override createIOServer(_port: number, options?: object): ReturnType<IoAdapter['createIOServer']> {
    const origins = this.config.ALLOWED_ORIGINS;
    const ours: Partial<ServerOptions> = {
      ...options,
      transports: ['websocket'],
      serveClient: false,
      maxHttpBufferSize: MAX_REQUEST_BYTES,
      perMessageDeflate: false,
      allowRequest: (request, decide) => {
        const { origin } = request.headers;
        const isAllowed = !origins || origin === undefined || origins.includes(origin);
        decide(isAllowed ? null : 'origin not allowed', isAllowed);
      },
    };
    return new Server(this.httpServer, ours) as unknown as ReturnType<IoAdapter['createIOServer']>;
  }
}
