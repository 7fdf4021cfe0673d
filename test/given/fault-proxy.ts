import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

type Way = 'open' | 'refusing' | 'hole';
type Side = 'toServer' | 'toClient';

export interface Trap {
  /** Looks at a chunk on its way to the server. */
  on: (chunk: Buffer) => boolean;
  /** `cut` resets the connection, `hole` swallows all that follows on it. */
  fault: 'cut' | 'hole';
  /** Whether the server still gets the chunk: then its outcome is unknown to the client. */
  forward: boolean;
}

/**
 * A TCP way to a server that can be refused, cut, slowed, or turned into a black hole, as a whole or for the one
 * connection that says a certain thing. In a hole nothing is lost: what was said arrives once it is mended.
 */
export class FaultProxy {
  private way: Way = 'open';
  private delayMs = 0;
  private target: { host: string; port: number } | undefined;
  private readonly lines = new Set<Line>();
  private readonly traps: { trap: Trap; sprung: () => void }[] = [];

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => this.accept(socket));
  }

  /** Listens on a port of its own; where it leads to may be told later: a broker wants to know the proxy's port first. */
  static async listen(target?: { host: string; port: number }): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: false }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new FaultProxy(server);
    proxy.target = target;
    return proxy;
  }

  leadTo(hostAndPort: string): void {
    const [host = '', port] = hostAndPort.split(':');
    this.target = { host, port: Number(port) };
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** A server's URL by this way. */
  through(url: string): string {
    return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(this.port) }).href;
  }

  /** How many connections go through it now. */
  get connections(): number {
    return this.lines.size;
  }

  /** Resets every connection; new ones are let through. */
  cut(): void {
    for (const line of this.lines) line.cut();
  }

  /** Resets every connection, and new ones as soon as they come. */
  refuse(): void {
    this.way = 'refusing';
    this.cut();
  }

  /** Accepts, and passes nothing on in either direction. */
  hole(): void {
    this.way = 'hole';
    for (const line of this.lines) line.hold();
  }

  /** Everything takes so much longer, each way. */
  delay(ms: number): void {
    this.delayMs = ms;
  }

  /** Everything goes through again; what a hole held as well. Traps stay. */
  mend(): void {
    this.way = 'open';
    this.delayMs = 0;
    for (const line of this.lines) line.release();
  }

  /** Springs once, on the first connection that says what it waits for; resolves then. */
  trap(trap: Trap): Promise<void> {
    return new Promise((resolve) => this.traps.push({ trap, sprung: resolve }));
  }

  async close(): Promise<void> {
    this.refuse();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(client: Socket): void {
    if (this.way === 'refusing' || !this.target) return void client.resetAndDestroy();
    const line = new Line(client, this.target, {
      onEnd: () => this.lines.delete(line),
      delayMs: () => this.delayMs,
      trapFor: (chunk) => this.spring(chunk),
    });
    this.lines.add(line);
    if (this.way === 'hole') line.hold();
  }

  private spring(chunk: Buffer): Trap | undefined {
    const at = this.traps.findIndex(({ trap }) => trap.on(chunk));
    const [found] = at < 0 ? [] : this.traps.splice(at, 1);
    found?.sprung();
    return found?.trap;
  }
}

interface LineOptions {
  onEnd: () => void;
  delayMs: () => number;
  trapFor: (chunk: Buffer) => Trap | undefined;
}

/** One connection through the proxy. */
class Line {
  private readonly server: Socket;
  private isSwallowing = false;

  constructor(
    private readonly client: Socket,
    target: { host: string; port: number },
    private readonly options: LineOptions,
  ) {
    this.server = connect(target.port, target.host);
    this.join(client, this.server, 'toServer');
    this.join(this.server, client, 'toClient');
  }

  hold(): void {
    this.client.pause();
    this.server.pause();
  }

  release(): void {
    this.client.resume();
    this.server.resume();
  }

  cut(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }

  private join(from: Socket, to: Socket, side: Side): void {
    from.setNoDelay(true);
    from.on('error', () => undefined);
    from.on('data', (chunk: Buffer) => this.pass(chunk, to, side));
    from.on('end', () => this.later(() => to.end()));
    from.on('close', () => {
      this.options.onEnd();
      this.later(() => to.destroySoon());
    });
  }

  private pass(chunk: Buffer, to: Socket, side: Side): void {
    if (this.isSwallowing) return;
    const trap = side === 'toServer' ? this.options.trapFor(chunk) : undefined;
    if (!trap || trap.forward) this.later(() => to.write(chunk));
    if (trap?.fault === 'hole') this.isSwallowing = true;
    // The server is ended in order: a reset could overtake what was forwarded.
    if (trap?.fault === 'cut') this.client.resetAndDestroy();
  }

  private later(act: () => void): void {
    const ms = this.options.delayMs();
    if (ms === 0) act();
    else setTimeout(act, ms);
  }
}

const API_KEYS = { produce: 0, fetch: 1, offsetCommit: 8, findCoordinator: 10, joinGroup: 11, heartbeat: 12 } as const;

/** For a trap: a Kafka request of this kind. */
export function isKafkaRequest(api: keyof typeof API_KEYS): (chunk: Buffer) => boolean {
  return (chunk) => chunk.length > 8 && chunk.readInt16BE(4) === API_KEYS[api];
}
