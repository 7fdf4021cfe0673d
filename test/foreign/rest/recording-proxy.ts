import { type Server, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a client asked for, as it left it. */
export interface Recorded {
  url: string;
  lastEventId: string | undefined;
}

/** Stands between a client and a service, hands everything on, and remembers what the client asked for. */
export class RecordingProxy {
  readonly recorded: Recorded[] = [];
  private readonly server: Server;

  private constructor(target: string) {
    this.server = createServer((asked, answer) => {
      const { url = '/', method, headers } = asked;
      this.recorded.push({ url, lastEventId: [headers['last-event-id']].flat()[0] });
      const onward = request(`${target}${url}`, { method, headers, agent: false }, (came) => {
        answer.writeHead(came.statusCode ?? 502, came.headers);
        came.pipe(answer);
        came.on('close', () => answer.destroy());
      });
      // Where nobody listens, the client sees what it would see without this proxy: a lost connection.
      onward.on('error', () => answer.destroy());
      answer.on('close', () => onward.destroy());
      asked.pipe(onward);
    });
  }

  static async to(target: string): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(target);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
