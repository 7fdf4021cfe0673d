import type { ByeFrame, ClientToServerEvents, ServerToClientEvents } from '#libs/contracts';
import { type Socket, io } from 'socket.io-client';
import { type ConnectionState, type ConnectionStatus, troubleOf } from './connection-status';
import type { ViewFrame } from './held-list';
import { fullJitter } from './jitter';
import { callOut } from './uncaught';

export type LiveSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

/** Who is told of a connection. */
export interface ConnectionListener {
  connected(socket: LiveSocket): void;
  disconnected(): void;
  received(frame: ViewFrame): void;
}

export interface ConnectionOptions {
  /** The gateway's address, `http://` or `https://`. */
  url: string;
  /** Sent in the handshake; a gateway may show more to its bearer. */
  token?: string;
}

/** One socket, that comes back by itself: after a loss with full jitter, after a `bye` not before it was told to. */
export class Connection {
  status: ConnectionStatus = { state: 'connecting' };
  private readonly socket: LiveSocket;
  private readonly watchers = new Set<(status: ConnectionStatus) => void>();
  private attempt = 0;
  private bye: ByeFrame | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    { url, token }: ConnectionOptions,
    private readonly listener: ConnectionListener,
    open: typeof io = io,
  ) {
    const auth = token === undefined ? {} : { auth: { token } };
    this.socket = open(url, { transports: ['websocket'], reconnection: false, forceNew: true, ...auth });
    this.socket.on('connect', () => this.arrive());
    this.socket.on('connect_error', (error) => {
      const { retryAfterMs, ...why } = troubleOf(error);
      this.retry(why, retryAfterMs);
    });
    this.socket.on('disconnect', (reason) => this.lose(reason));
    this.socket.on('bye', (frame) => {
      this.bye = frame;
    });
    this.socket.on('snapshot', (frame) => listener.received({ event: 'snapshot', frame }));
    this.socket.on('delta', (frame) => listener.received({ event: 'delta', frame }));
    this.socket.on('heartbeat', (frame) => listener.received({ event: 'heartbeat', frame }));
    this.socket.on('reset', (frame) => listener.received({ event: 'reset', frame }));
  }

  get state(): ConnectionState {
    return this.status.state;
  }

  /** Calls back with every new state, and with the present one at once. Gives what ends that. */
  onState(watcher: (state: ConnectionState) => void): () => void {
    let told: ConnectionState | undefined;
    return this.onStatus(({ state }) => {
      if (state === told) return;
      told = state;
      watcher(state);
    });
  }

  /** As `onState`, also with every new trouble and every new moment at which it tries again. */
  onStatus(watcher: (status: ConnectionStatus) => void): () => void {
    const own = (status: ConnectionStatus) => watcher(status);
    this.watchers.add(own);
    own(this.status);
    return () => {
      this.watchers.delete(own);
    };
  }

  close(): void {
    clearTimeout(this.timer);
    this.become({ state: 'closed' });
    this.socket.disconnect();
  }

  private arrive(): void {
    this.attempt = 0;
    this.bye = undefined;
    this.become({ state: 'connected' });
    if (this.state === 'connected') this.listener.connected(this.socket);
  }

  private lose(reason: string): void {
    const { bye } = this;
    this.retry(bye ? { trouble: 'bye', detail: bye.reason } : { trouble: 'lost', detail: reason }, bye?.retry_after_ms);
  }

  private retry(why: Pick<ConnectionStatus, 'trouble' | 'detail'>, notBeforeMs = 0): void {
    if (this.state === 'closed') return;
    const wasConnected = this.state === 'connected';
    const waitMs = notBeforeMs + fullJitter(this.attempt, Math.random());
    this.attempt += 1;
    this.bye = undefined;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.become({ state: 'connecting', ...why });
      if (this.state === 'connecting') this.socket.connect();
    }, waitMs);
    this.become({ state: 'connecting', ...why, retryAt: Date.now() + waitMs });
    if (wasConnected) this.listener.disconnected();
  }

  /** A watcher may close the connection, or end another watcher: then the others hear of the newer status only. */
  private become(status: ConnectionStatus): void {
    this.status = status;
    const watchers = [...this.watchers];
    for (const watcher of watchers) {
      if (this.status === status && this.watchers.has(watcher)) callOut(() => watcher(status));
    }
  }
}
