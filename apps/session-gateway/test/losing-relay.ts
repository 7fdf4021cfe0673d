import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';

/** Stands between clients and a gateway, hands on every message, and loses the one it is told to lose. */
export class LosingRelay {
  private readonly upstreams = new Set<WebSocket>();
  private losing: { mark: string; lost: () => void } | undefined;

  private constructor(
    private readonly server: WebSocketServer,
    private readonly gateway: string,
  ) {
    server.on('connection', (client, { url }) => this.relay(client, url ?? '/'));
  }

  static async to(gatewayUrl: string): Promise<LosingRelay> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
    await once(server, 'listening');
    return new LosingRelay(server, gatewayUrl.replace('http', 'ws'));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next frame of this event does not arrive; resolves when it was lost. */
  lose(event: string): Promise<void> {
    return new Promise((lost) => {
      this.losing = { mark: `42["${event}"`, lost };
    });
  }

  async close(): Promise<void> {
    for (const upstream of this.upstreams) upstream.terminate();
    for (const client of this.server.clients) client.terminate();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private relay(client: WebSocket, path: string): void {
    const upstream = new WebSocket(`${this.gateway}${path}`, { perMessageDeflate: false });
    this.upstreams.add(upstream);
    const opened = once(upstream, 'open');
    client.on('message', (data) => void opened.then(() => upstream.send((data as Buffer).toString())));
    upstream.on('message', (data) => this.handOn((data as Buffer).toString(), client));
    upstream.on('error', () => client.terminate());
    upstream.on('close', () => client.close());
    client.on('close', () => upstream.close());
  }

  private handOn(text: string, client: WebSocket): void {
    const { losing } = this;
    if (!losing || !text.startsWith(losing.mark)) return client.send(text);
    this.losing = undefined;
    losing.lost();
  }
}
