import { constants, inflateRawSync } from 'node:zlib';
import { type RawMessage, RawWebSocket, type RawWebSocketOptions } from './raw-websocket';

export interface RawSocketIoListener {
  /** In the namespace: it may speak. */
  connected: () => void;
  /** Something was pushed; `decode` reads it as `[event, ...payload]`, and is good only until the call returns. */
  pushed: (bytes: number, decode: () => unknown[]) => void;
  /** `status`: of the answer to the upgrade when it was refused, else 0. */
  closed?: (status: number, answer: string) => void;
}

export type RawSocketIoOptions = Omit<RawWebSocketOptions, 'path'> & { auth?: object };

const PING = 0x32;
const MESSAGE = 0x34;
const SYNC_TAIL = Buffer.from([0, 0, 0xff, 0xff]);

/** Socket.IO's protocol, namespace `/`, by websocket, in its shortest form: what is not decoded costs next to nothing. */
export class RawSocketIo {
  readonly websocket: RawWebSocket;
  private readonly acks = new Map<number, (answer: unknown) => void>();
  private asked = 0;

  constructor(
    { auth, ...options }: RawSocketIoOptions,
    private readonly listener: RawSocketIoListener,
  ) {
    this.websocket = new RawWebSocket(
      { ...options, path: '/socket.io/?EIO=4&transport=websocket' },
      {
        opened: () => this.websocket.send(`40${auth ? JSON.stringify(auth) : ''}`),
        message: (message) => this.take(message),
        closed: (status, answer) => listener.closed?.(status, answer),
      },
    );
  }

  emit(event: string, payload: unknown, answered: (answer: unknown) => void = () => undefined): void {
    this.asked += 1;
    this.acks.set(this.asked, answered);
    this.websocket.send(`42${this.asked}${JSON.stringify([event, payload])}`);
  }

  private take(message: RawMessage): void {
    const { payload, isDeflated } = message;
    if (isDeflated) return this.listener.pushed(payload.length, () => decode(message));
    if (payload[0] === PING) return this.websocket.send('3');
    if (payload[0] !== MESSAGE) return;
    const [kind, next = 0] = [String.fromCharCode(payload[1] ?? 0), payload[2]];
    if (kind === '0') this.listener.connected();
    if (kind === '1' || kind === '4') this.websocket.cut();
    if (kind === '2' && next === 0x5b) this.listener.pushed(payload.length, () => decode(message));
    if (kind === '3') this.answer(payload.toString('utf8', 2));
  }

  private answer(text: string): void {
    const at = text.indexOf('[');
    const number = Number(text.slice(0, at));
    const answered = this.acks.get(number);
    this.acks.delete(number);
    const [answer] = JSON.parse(text.slice(at)) as unknown[];
    answered?.(answer);
  }
}

function decode({ payload, isDeflated }: RawMessage): unknown[] {
  const text = isDeflated ? inflated(payload) : payload;
  return JSON.parse(text.toString('utf8', 2)) as unknown[];
}

function inflated(payload: Buffer): Buffer {
  return inflateRawSync(Buffer.concat([payload, SYNC_TAIL]), { finishFlush: constants.Z_SYNC_FLUSH });
}
