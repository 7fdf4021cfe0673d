import { type Socket, connect } from 'node:net';
import { AnswerReader, type ReadAnswer } from './answer-reader';
import { listedText } from './listed';

/** What one that asks is told to do. */
export interface LoadOrder {
  url: string;
  connections: number;
  headers?: Record<string, string>;
  status: number;
  /** `again`: the first target all the time. `once`: each target once, in their order. */
  ask: 'again' | 'once';
  targets: string[];
}

/** What it got so far. */
export interface LoadCount {
  answers: number;
  bytes: number;
  /** What was no right answer; then it has stopped. */
  wrong: string | null;
  isDone: boolean;
}

/** What the answers listed: all of them by target, where each is asked once; else those that were looked into. */
export type Listed = [target: string, list: string][];

/** Of answers that all are the same, only so many are looked into. */
const LOOK_INTO_ONE_OF = 500;
const READ_BYTES = 256 * 1024;

class Asking {
  readonly count: LoadCount = { answers: 0, bytes: 0, wrong: null, isDone: false };
  readonly listed: Listed = [];
  private next = 0;
  private readonly open = new Set<Socket>();
  private readonly requests: Buffer[];

  constructor(private readonly order: LoadOrder) {
    const { url, headers = {}, targets } = order;
    const lines = Object.entries({ host: new URL(url).host, accept: '*/*', ...headers });
    const rest = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    this.requests = targets.map((target) => Buffer.from(`GET ${target} HTTP/1.1\r\n${rest}\r\n`));
    for (let n = 0; n < order.connections; n += 1) this.connect();
  }

  private connect(): void {
    const { hostname: host, port } = new URL(this.order.url);
    const reader = new AnswerReader();
    let asked = 0;
    const hear = (read: number, buffer: Uint8Array): boolean => {
      try {
        const answer = reader.take(Buffer.from(buffer.buffer, buffer.byteOffset, read));
        if (!answer) return true;
        this.judge(answer, this.order.targets[asked] ?? '');
        asked = this.ask(socket);
      } catch (error) {
        this.fail(String(error));
      }
      return true;
    };
    const socket = connect({ host, port: Number(port), onread: { buffer: Buffer.alloc(READ_BYTES), callback: hear } });
    socket.setNoDelay(true);
    this.open.add(socket);
    socket.once('connect', () => (asked = this.ask(socket)));
    socket.once('error', (error) => this.fail(error.message));
    socket.once('close', () => {
      this.open.delete(socket);
      if (!this.count.isDone) this.fail('the connection was closed');
    });
  }

  /** Gives the number of the target that it asks for. */
  private ask(socket: Socket): number {
    const { ask, targets } = this.order;
    const target = ask === 'again' ? 0 : this.next;
    if (this.count.isDone) return target;
    this.next += 1;
    const request = this.requests[target];
    if (request) socket.write(request);
    else this.count.isDone = this.count.answers === targets.length;
    return target;
  }

  private judge({ status, bytes, whole, bodyAt }: ReadAnswer, target: string): void {
    const { count, order } = this;
    if (status !== order.status) throw new Error(`${target}: ${status} ${whole.toString('utf8', bodyAt)}`);
    const isLookedInto = order.ask === 'once' || count.answers % LOOK_INTO_ONE_OF === 0;
    if (isLookedInto && whole.length > bodyAt) this.listed.push([target, listedText(whole.toString('utf8', bodyAt))]);
    count.answers += 1;
    count.bytes += bytes;
  }

  private fail(wrong: string): void {
    this.count.wrong ??= wrong;
    this.count.isDone = true;
    for (const socket of this.open) socket.destroy();
  }
}

let asking: Asking | undefined;

process.on('message', (message: LoadOrder | 'count' | 'listed') => {
  if (message === 'count' || message === 'listed') process.send?.(asking?.[message]);
  else asking = new Asking(message);
});
process.on('disconnect', () => process.exit(0));
