import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** A way to a server that can be cut and mended: a dependency that goes away and comes back. */
export class GivenProxy {
  private readonly sockets = new Set<Socket>();
  private isCut = false;
  private tailLagMs = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('connection', (socket) => this.join(socket));
  }

  static async to(url: string): Promise<GivenProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new GivenProxy(server, new URL(url));
  }

  /** The server's URL by this way. */
  through(url: string): string {
    const { port } = this.server.address() as AddressInfo;
    return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  /** From here on what a reader of the log gets comes later; other answers do not. */
  lagTail(ms: number): void {
    this.tailLagMs = ms;
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(inward: Socket): void {
    if (this.isCut) return void inward.destroy();
    const outward = connect(Number(this.target.port), this.target.hostname);
    for (const [socket, other] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    let readsLog = false;
    inward.on('data', (chunk) => {
      readsLog ||= chunk.includes('xread');
      outward.write(chunk);
    });
    outward.on('data', (chunk) => {
      if (!readsLog || this.tailLagMs === 0) return void inward.write(chunk);
      setTimeout(() => inward.write(chunk), this.tailLagMs);
    });
  }
}
