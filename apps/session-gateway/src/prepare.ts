import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { GATEWAY_CONFIG, type GatewayConfig } from './config';
import { SocketIoAdapter } from './socket-io.adapter';

/** The server is one of Socket.IO as well. */
export function prepare(app: NestFastifyApplication): void {
  app.useWebSocketAdapter(new SocketIoAdapter(app, app.get<GatewayConfig>(GATEWAY_CONFIG)));
}
