import type { ByeFrame } from '#libs/contracts';
import { io } from 'socket.io-client';
import { type AttemptTrouble, type ConnectionState, type ConnectionStatus, troubleOf } from './connection-status';
import { type Report, reporting } from './debug';
import { fullJitter } from './jitter';
import type { Asker, LiveSocket } from './live-socket';
import type { StaleReason } from './live-update';
import { type Page, pageAround } from './page';
import type { ViewFrame } from './protocol/held-list';
import { Silence } from './silence';
import { StatusWatchers } from './status-watchers';
import { TokenKeeper } from './token-keeper';
import type { TokenSource } from './token-source';

/** Who is told of a connection. */
export interface ConnectionListener {
  /** Whether it follows something, so that the gateway owes it a frame every 10 s. */
  readonly isFollowing: boolean;
  connected(socket: Asker): void;
  disconnected(why: StaleReason): void;
  received(frame: ViewFrame): void;
  /** The token is another one: the gateway may show more, or less. */
  renewed(): void;
}

export interface ConnectionOptions {
  /** The gateway's address, `http://` or `https://`; undefined: there is none, and the connection is closed from the start. */
  url?: string | undefined;
  /** Sent in the handshake; a gateway may show more to its bearer. */
  token?: TokenSource;
  /** How long the page is hidden before the connection is let go. false: never. */
  letGoHiddenAfterMs?: number | false;
}

/** What a connection needs of its surroundings. */
export interface Surroundings {
  open: typeof io;
  page: Page;
  /** undefined: nobody listens to what happens. */
  report?: Report | undefined;
}

const LET_GO_HIDDEN_AFTER_MS = 5 * 60_000;

/**
 * One socket, that comes back by itself: after a loss with full jitter, after a `bye` not before it was told to, at once
 * when the network is back or the page is shown again.
 */
export class Connection {
  readonly watchers: StatusWatchers;
  private socket: LiveSocket | undefined;
  private asker: Asker | undefined;
  private readonly tokens: TokenKeeper;
  private readonly silence = new Silence();
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
    this.around = { open: io, page: pageAround(), ...around };
    this.watchers = new StatusWatchers({ state: options.url === undefined ? 'closed' : 'idle' }, this.around.report);
    this.tokens = new TokenKeeper(options.token, {
      send: (token, answered) => this.asker?.emit('token', { token }, answered),
      missing: (detail) => this.watchers.become({ state: 'connected', trouble: 'token', detail }),
      renewed: (isOther) => {
        if (this.state === 'connected' && this.status.trouble) this.watchers.become({ state: 'connected' });
        if (isOther) listener.renewed();
      },
    });
  }

  get status(): ConnectionStatus {
    return this.watchers.status;
  }

  get state(): ConnectionState {
    return this.status.state;
  }

  /** Connects, unless it has begun to already. */
  open(): void {
    const { url } = this.options;
    if (this.state !== 'idle' || url === undefined) return;
    const { open, page, report } = this.around;
    const socket: LiveSocket = open(url, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      autoConnect: false,
    });
    this.socket = socket;
    this.asker = report ? reporting(socket, report) : socket;
    this.hear(socket);
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
    this.watchers.become({ state: 'closed' });
    this.socket?.disconnect();
  }

  private hear(socket: LiveSocket): void {
    const { listener } = this;
    socket.on('connect', () => this.arrive());
    socket.on('connect_error', (error) => this.fail(troubleOf(error)));
    socket.on('disconnect', (reason) => this.lose(reason));
    socket.on('bye', (frame) => {
      this.bye = frame;
    });
    socket.on('token_expires', () => this.tokens.expires());
    socket.on('left', ({ code }) => code === 'token_expired' && this.tokens.ended());
    for (const event of ['snapshot', 'delta', 'heartbeat', 'reset', 'left'] as const) {
      socket.on(event, (frame: ViewFrame['frame']) => {
        this.silence.looks = 0;
        listener.received({ event, frame } as ViewFrame);
      });
    }
  }

  private arrive(): void {
    this.attempt = 0;
    this.bye = undefined;
    clearTimeout(this.timer);
    this.silence.begin(
      () => this.listener.isFollowing,
      () => this.giveUp(),
    );
    const detail = this.tokens.accepted();
    this.watchers.become({ state: 'connected', ...(detail !== undefined && { trouble: 'token', detail }) });
    if (this.state === 'connected' && this.asker) this.listener.connected(this.asker);
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

  /** It looks connected, and nothing comes: what the socket would notice by itself later. */
  private giveUp(): void {
    this.retry({ trouble: 'lost', detail: 'silent' });
    this.socket?.disconnect();
  }

  private retry({ retryAfterMs = 0, ...why }: AttemptTrouble): void {
    if (this.state === 'closed' || this.state === 'hidden') return;
    const wasConnected = this.state === 'connected';
    const now = Date.now();
    const waitMs = retryAfterMs + fullJitter(this.attempt, Math.random());
    this.end();
    this.attempt += 1;
    this.bye = undefined;
    this.wait({ why, notBefore: now + retryAfterMs }, now + waitMs);
    if (wasConnected) this.listener.disconnected('disconnected');
  }

  private try(why: Partial<AttemptTrouble>): void {
    this.end();
    this.watchers.become({ state: 'connecting', ...why });
    if (this.state !== 'connecting') return;
    this.tokens.ask(
      (token) => {
        const { socket } = this;
        if (!socket) return;
        this.around.report?.({ type: 'attempt', attempt: this.attempt, hasToken: token !== undefined });
        socket.auth = token === undefined ? {} : { token };
        socket.connect();
      },
      (detail) => this.retry({ trouble: 'token', detail }),
    );
  }

  /** It is not connected, and no attempt waits or is on its way to its token any more. */
  private end(): void {
    clearTimeout(this.timer);
    clearInterval(this.silence.timer);
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
    this.wait(this.waiting, notBefore);
  }

  private wait(waiting: NonNullable<Connection['waiting']>, retryAt: number): void {
    const { why } = waiting;
    clearTimeout(this.timer);
    this.waiting = waiting;
    this.timer = setTimeout(() => this.try(why), retryAt - Date.now());
    this.watchers.become({ state: 'connecting', ...why, retryAt });
  }

  private letGo(): void {
    if (this.state === 'closed') return;
    this.end();
    this.attempt = 0;
    const wasConnected = this.state === 'connected';
    this.watchers.become({ state: 'hidden' });
    if (this.state !== 'hidden') return;
    this.socket?.disconnect();
    if (wasConnected) this.listener.disconnected('hidden');
  }
}
