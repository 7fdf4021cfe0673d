import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Admission } from './connect/admission';
import { GATEWAY_CONFIG, type GatewayConfig } from './config';
import { GatewayMetrics } from './push/gateway.metrics';
import { SocketIoAdapter } from './connect/socket-io.adapter';

/** The server is one of Socket.IO as well. */
export function prepare(app: NestFastifyApplication): void {
  const config = app.get<GatewayConfig>(GATEWAY_CONFIG);
  const { turned } = app.get(GatewayMetrics);
  app.useWebSocketAdapter(new SocketIoAdapter(app, config, app.get(Admission), (reason) => turned.inc({ reason })));
}
