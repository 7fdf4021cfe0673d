import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Admission } from '../connect/admission';
import { cutClogged, guardConnection } from './connection-guard';
import type { LiveServer, LiveSocket } from './live-socket';
import { GatewayMetrics } from './gateway.metrics';
import { sayGoodbye } from './say-goodbye';
import { SocketFeed } from './socket.feed';
import { SocketOutlet } from './socket.outlet';
import type { Connection } from './wire';

const SWEEP_MS = 1000;

/** All sockets, from the moment when the server is there to the goodbye. */
@Injectable()
export class OpenSockets implements OnModuleDestroy {
  private server: LiveServer | undefined;
  private sweep: NodeJS.Timeout | undefined;

  constructor(
    private readonly admission: Admission,
    private readonly feed: SocketFeed,
    private readonly outlet: SocketOutlet,
    private readonly metrics: GatewayMetrics,
  ) {
    metrics.observe(() => ({
      sockets: this.server?.sockets.sockets.size ?? 0,
      views: feed.list.viewCount,
      watched: feed.list.watched.size,
      sessions: feed.list.state.size,
      stretch: feed.stretch,
      seq: feed.position?.seq ?? 0,
    }));
  }

  /** The server is there; from here on sockets come. */
  open(server: LiveServer): void {
    this.server = server;
    server.engine.on('connection', (connection: Connection) => {
      guardConnection(connection, () => this.dismissed('flood', 1));
    });
    this.sweep = setInterval(() => this.dismissed('clogged', cutClogged(connectionsOf(server))), SWEEP_MS);
  }

  /** Sends the socket away, and tells it why where that still fits. */
  dismiss(socket: LiveSocket, reason: string): void {
    this.feed.forget(socket);
    this.outlet.dismiss(socket, reason);
  }

  async onModuleDestroy(): Promise<void> {
    this.admission.shut();
    await this.feed.stop();
    clearInterval(this.sweep);
    if (this.server) await sayGoodbye(this.server);
  }

  private dismissed(reason: string, connections: number): void {
    if (connections > 0) this.metrics.dismissed.inc({ reason }, connections);
  }
}

/** All of them, also those that never entered the namespace. */
function connectionsOf({ engine }: LiveServer): Connection[] {
  return Object.values((engine as unknown as { clients: Record<string, Connection> }).clients);
}
