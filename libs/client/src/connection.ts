import type { ByeFrame, ClientToServerEvents, Refusal, ServerToClientEvents, TokenTaken } from '#libs/contracts';
import { type Socket, io } from 'socket.io-client';
import { type AttemptTrouble, type ConnectionState, type ConnectionStatus, troubleOf } from './connection-status';
import type { Report } from './debug';
import { fullJitter } from './jitter';
import type { StaleReason } from './live-update';
import { type Page, pageAround } from './page';
import type { ViewFrame } from './protocol/held-list';
import { TokenKeeper } from './token-keeper';
import type { TokenSource } from './token-source';
import { callOut } from './uncaught';

export type LiveSocket = Socket<ServerToClientEvents, ClientToServerEvents>;
/** What is needed of it to ask. */
export type Asker = Pick<LiveSocket, 'emit'>;

/** Who is told of a connection. */
export interface ConnectionListener {
  connected(socket: Asker): void;
  disconnected(why: StaleReason): void;
  received(frame: ViewFrame): void;
  /** The token is another one: the gateway may show more, or less. */
  renewed(): void;
}

export interface ConnectionOptions {
  /** The gateway's address, `http://` or `https://`. */
  url: string;
  /** Sent in the handshake; a gateway may show more to its bearer. */
  token?: TokenSource;
  /** How long the page is hidden before the connection is let go. false: never. */
  letGoHiddenAfterMs?: number | false;
}

/** What a connection needs of its surroundings. */
export interface Surroundings {
  open: typeof io;
  page: Page;
  report: Report;
}

const LET_GO_HIDDEN_AFTER_MS = 5 * 60_000;

/**
 * One socket, that comes back by itself: after a loss with full jitter, after a `bye` not before it was told to, at once
 * when the network is back or the page is shown again.
 */
export class Connection {
  status: ConnectionStatus = { state: 'idle' };
  private socket: LiveSocket | undefined;
  private readonly watchers = new Set<(status: ConnectionStatus) => void>();
  private readonly tokens: TokenKeeper;
  private readonly around: Surroundings;
  private attempt = 0;
  private bye: ByeFrame | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private hiddenTimer: ReturnType<typeof setTimeout> | undefined;
  /** What ends an attempt that waits: it is made now, but not before `notBefore`, epoch ms. */
  private waiting: { why: AttemptTrouble; notBefore: number } | undefined;
  private leavePage: (() => void) | undefined;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly listener: ConnectionListener,
    around: Partial<Surroundings> = {},
  ) {
    this.around = { open: io, page: pageAround(), report: () => undefined, ...around };
    this.tokens = new TokenKeeper(options.token, {
      send: (token, answered) => this.sendToken(token, answered),
      missing: (detail) => this.become({ state: 'connected', trouble: 'token', detail }),
      renewed: (isOther) => {
        if (this.state === 'connected' && this.status.trouble) this.become({ state: 'connected' });
        if (isOther) listener.renewed();
      },
    });
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
    const { status } = this;
    callOut(() => own(status));
    return () => {
      this.watchers.delete(own);
    };
  }

  /** Connects, unless it has begun to already. */
  open(): void {
    if (this.state !== 'idle') return;
    const { open, page } = this.around;
    this.socket = open(this.options.url, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      autoConnect: false,
    });
    this.hear(this.socket);
    this.leavePage = page.onChange(() => this.look());
    if (page.isHidden) this.look();
    this.try({});
  }

  /** Somebody has logged in or out: the token is asked anew, and what is followed is asked anew with it. */
  renewToken(): void {
    if (this.state === 'connected') this.tokens.change();
    else this.hurry();
  }

  close(): void {
    this.end();
    this.leavePage?.();
    this.become({ state: 'closed' });
    this.socket?.disconnect();
  }

  private hear(socket: LiveSocket): void {
    const { listener } = this;
    socket.on('connect', () => this.arrive(socket));
    socket.on('connect_error', (error) => this.fail(troubleOf(error)));
    socket.on('disconnect', (reason) => this.lose(reason));
    socket.on('bye', (frame) => {
      this.bye = frame;
    });
    socket.on('token_expires', () => this.tokens.expires());
    socket.on('snapshot', (frame) => listener.received({ event: 'snapshot', frame }));
    socket.on('delta', (frame) => listener.received({ event: 'delta', frame }));
    socket.on('heartbeat', (frame) => listener.received({ event: 'heartbeat', frame }));
    socket.on('reset', (frame) => listener.received({ event: 'reset', frame }));
    socket.on('left', (frame) => {
      if (frame.code === 'token_expired') this.tokens.ended();
      listener.received({ event: 'left', frame });
    });
  }

  private arrive(socket: LiveSocket): void {
    this.attempt = 0;
    this.bye = undefined;
    clearTimeout(this.timer);
    const detail = this.tokens.accepted();
    this.become({ state: 'connected', ...(detail !== undefined && { trouble: 'token', detail }) });
    if (this.state === 'connected') this.listener.connected(socket);
  }

  /** A token that was valid once and is no more has ended: it is shown no more, and the public's list goes on. */
  private fail({ trouble, ...why }: AttemptTrouble): void {
    if (trouble === 'unauthorized' && this.tokens.hasEnded()) return this.try({});
    this.retry({ trouble, ...why });
  }

  private lose(reason: string): void {
    if (this.state !== 'connected') return;
    const { bye } = this;
    this.retry(
      bye
        ? { trouble: 'bye', detail: bye.reason, retryAfterMs: bye.retry_after_ms }
        : { trouble: 'lost', detail: reason },
    );
  }

  private retry({ retryAfterMs = 0, ...why }: AttemptTrouble): void {
    if (this.state === 'closed' || this.state === 'hidden') return;
    const wasConnected = this.state === 'connected';
    const now = Date.now();
    const waitMs = retryAfterMs + fullJitter(this.attempt, Math.random());
    this.end();
    this.attempt += 1;
    this.bye = undefined;
    this.waiting = { why, notBefore: now + retryAfterMs };
    this.timer = setTimeout(() => this.try(why), waitMs);
    this.become({ state: 'connecting', ...why, retryAt: now + waitMs });
    if (wasConnected) this.listener.disconnected('disconnected');
  }

  private try(why: Partial<AttemptTrouble>): void {
    this.end();
    this.become({ state: 'connecting', ...why });
    if (this.state !== 'connecting') return;
    this.tokens.ask(
      (token) => {
        const { socket } = this;
        if (!socket) return;
        this.around.report({ type: 'attempt', attempt: this.attempt, hasToken: token !== undefined });
        socket.auth = token === undefined ? {} : { token };
        socket.connect();
      },
      (detail) => this.retry({ trouble: 'token', detail }),
    );
  }

  /** No attempt waits or is on its way to its token any more. */
  private end(): void {
    clearTimeout(this.timer);
    this.waiting = undefined;
    this.tokens.stop();
  }

  /** The network may be back; the page was shown or hidden. */
  private look(): void {
    clearTimeout(this.hiddenTimer);
    if (this.state === 'closed') return;
    if (this.around.page.isHidden) {
      const { letGoHiddenAfterMs: afterMs = LET_GO_HIDDEN_AFTER_MS } = this.options;
      if (afterMs !== false && this.state !== 'hidden') this.hiddenTimer = setTimeout(() => this.letGo(), afterMs);
      return;
    }
    if (this.state === 'hidden') this.try({});
    else this.hurry();
  }

  /** Makes the attempt that waits now, or when the gateway has said. */
  private hurry(): void {
    if (!this.waiting) return;
    const { why, notBefore } = this.waiting;
    this.attempt = 0;
    if (notBefore <= Date.now()) return this.try(why);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.try(why), notBefore - Date.now());
    this.become({ state: 'connecting', ...why, retryAt: notBefore });
  }

  private letGo(): void {
    if (this.state === 'closed') return;
    this.end();
    this.attempt = 0;
    const wasConnected = this.state === 'connected';
    this.become({ state: 'hidden' });
    if (this.state !== 'hidden') return;
    this.socket?.disconnect();
    if (wasConnected) this.listener.disconnected('hidden');
  }

  private sendToken(token: string | null, answered: (answer: TokenTaken | Refusal) => void): void {
    const payload = { token: token === null ? null : '…' };
    const started = Date.now();
    this.around.report({ type: 'request', number: 0, event: 'token', payload });
    this.socket?.emit('token', { token }, (answer) => {
      this.around.report({ type: 'ack', number: 0, event: 'token', answer, tookMs: Date.now() - started });
      answered(answer);
    });
  }

  /** A watcher may close the connection, or end another watcher: then the others hear of the newer status only. */
  private become(status: ConnectionStatus): void {
    if (this.state === 'closed') return;
    this.status = status;
    this.around.report({ type: 'status', status });
    const watchers = [...this.watchers];
    for (const watcher of watchers) {
      if (this.status === status && this.watchers.has(watcher)) callOut(() => watcher(status));
    }
  }
}
