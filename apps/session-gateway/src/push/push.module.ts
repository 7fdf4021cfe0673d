import { Module } from '@nestjs/common';
import { GatewayFactsTeller } from './gateway-facts.teller';
import { GatewayMetrics } from './gateway.metrics';
import { OpenSockets } from './open-sockets';
import { SocketFeed } from './socket.feed';
import { SocketOutlet } from './socket.outlet';

/** From the projection to the sockets. */
@Module({
  providers: [GatewayMetrics, SocketOutlet, SocketFeed, OpenSockets, GatewayFactsTeller],
  exports: [GatewayMetrics, SocketFeed, OpenSockets],
})
export class PushModule {}
