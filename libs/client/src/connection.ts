import type { ByeFrame, ClientToServerEvents, ServerToClientEvents } from '#libs/contracts';
import { type Socket, io } from 'socket.io-client';
import type { ViewFrame } from './held-list';
import { fullJitter } from './jitter';
import { callOut } from './uncaught';

/** `connecting`: on the way, for the first time or again. `closed`: by `close()`, for good. */
export type ConnectionState = 'connecting' | 'connected' | 'closed';

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
  state: ConnectionState = 'connecting';
  private readonly socket: LiveSocket;
  private readonly watchers = new Set<(state: ConnectionState) => void>();
  private attempt = 0;
  private notBeforeMs = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    { url, token }: ConnectionOptions,
    private readonly listener: ConnectionListener,
  ) {
    const auth = token === undefined ? {} : { auth: { token } };
    this.socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, ...auth });
    this.socket.on('connect', () => this.arrive());
    this.socket.on('connect_error', () => this.lose());
    this.socket.on('disconnect', () => this.lose());
    this.socket.on('bye', (frame) => this.heed(frame));
    this.socket.on('snapshot', (frame) => listener.received({ event: 'snapshot', frame }));
    this.socket.on('delta', (frame) => listener.received({ event: 'delta', frame }));
    this.socket.on('heartbeat', (frame) => listener.received({ event: 'heartbeat', frame }));
    this.socket.on('reset', (frame) => listener.received({ event: 'reset', frame }));
  }

  /** Calls back with every new state, and with the present one at once. Gives what ends that. */
  onState(watcher: (state: ConnectionState) => void): () => void {
    this.watchers.add(watcher);
    watcher(this.state);
    return () => {
      this.watchers.delete(watcher);
    };
  }

  close(): void {
    clearTimeout(this.timer);
    this.become('closed');
    this.socket.disconnect();
  }

  private arrive(): void {
    this.attempt = 0;
    this.become('connected');
    this.listener.connected(this.socket);
  }

  private lose(): void {
    if (this.state === 'closed') return;
    const wasConnected = this.state === 'connected';
    this.become('connecting');
    if (wasConnected) this.listener.disconnected();
    const waitMs = this.notBeforeMs + fullJitter(this.attempt, Math.random());
    this.attempt += 1;
    this.notBeforeMs = 0;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.socket.connect(), waitMs);
  }

  private heed({ retry_after_ms }: ByeFrame): void {
    this.notBeforeMs = retry_after_ms;
  }

  private become(state: ConnectionState): void {
    if (this.state === state) return;
    this.state = state;
    const watchers = [...this.watchers];
    for (const watcher of watchers) callOut(() => watcher(state));
  }
}
