import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** One answer of a broker on its way, with the number of the API that was asked (0: produce, 1: fetch). */
export interface Passing {
  api: number;
  /** Without its size: API, version, correlation id, and what is asked. */
  request: Buffer;
  /** Without its size: correlation id, and what is answered. */
  answer: Buffer;
}

/**
 * A TCP way to a broker on which every answer can be changed or held up. Clients stay on it: the broker's own address
 * in its answers is replaced by that of the way.
 */
export class KafkaWay {
  /** What goes on to the client instead of an answer. Answers of a connection keep their order. */
  onAnswer: (passing: Passing) => Buffer | Promise<Buffer> = ({ answer }) => answer;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly broker: { host: string; port: number },
  ) {
    server.on('connection', (client) => this.accept(client));
  }

  static async listen(broker: string): Promise<KafkaWay> {
    const [host = '', port] = broker.split(':');
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new KafkaWay(server, { host, port: Number(port) });
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private accept(client: Socket): void {
    const server = connect(this.broker.port, this.broker.host);
    const asked = new Map<number, Buffer>();
    let before: Promise<unknown> = Promise.resolve();
    onFrames(client, (frame) => {
      asked.set(frame.readInt32BE(4), frame);
      server.write(sized(frame));
    });
    onFrames(server, (answer) => {
      const request = asked.get(answer.readInt32BE(0)) ?? Buffer.alloc(2);
      asked.delete(answer.readInt32BE(0));
      const passed = Promise.resolve(
        this.onAnswer({ api: request.readInt16BE(0), request, answer: this.readdressed(answer) }),
      );
      before = before.then(async () => client.write(sized(await passed)));
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
  }

  /** In Kafka's answers an address is the host's length and name, and the port. */
  private readdressed(answer: Buffer): Buffer {
    const { host, port } = this.broker;
    const [old, own] = [addressOf(host, port), addressOf(host, this.port)];
    for (let at = answer.indexOf(old); at >= 0; at = answer.indexOf(old, at)) own.copy(answer, at);
    return answer;
  }
}

function addressOf(host: string, port: number): Buffer {
  const bytes = Buffer.alloc(2 + host.length + 4);
  bytes.writeInt16BE(host.length, 0);
  bytes.write(host, 2, 'latin1');
  bytes.writeInt32BE(port, 2 + host.length);
  return bytes;
}

function sized(frame: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(frame.length);
  return Buffer.concat([size, frame]);
}

function onFrames(socket: Socket, take: (frame: Buffer) => void): void {
  let held = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) {
      const end = 4 + held.readInt32BE(0);
      take(Buffer.from(held.subarray(4, end)));
      held = held.subarray(end);
    }
  });
}
