import type { SocketRefusal, Subscribed } from '#libs/contracts';
import { HeldList, type Outcome, type ViewFrame } from '../../libs/client/src/protocol';
import { RawSocketIo } from './raw-socket-io';

export interface LightClientOptions {
  /** The gateway to go to; asked before each connection. */
  url: () => string;
  /** Of a list. */
  query: object;
  deflates?: boolean;
  /** How long it stays away after its connection is lost, at least, ms. */
  awayMs?: number;
  /** The list is another one. */
  changed?: (client: LightClient) => void;
}

const SILENCE_LIMIT_MS = 15_000;
const JITTER_MS = { base: 250, most: 5000 };

/**
 * The rule for clients on a raw socket, light enough for thousands in a process: comes back with full jitter, resumes by
 * what it holds.
 */
export class LightClient {
  readonly held = new HeldList();
  /** Of all that it was pushed. */
  bytes = 0;
  /** How it was answered, by mode or refusal code, in order. */
  readonly answers: string[] = [];
  /** What a client must never see: a version or a position that falls, an id twice in a frame. */
  readonly wrongs: string[] = [];
  private socket: RawSocketIo | undefined;
  private isConnected = false;
  private isClosed = false;
  private attempt = 0;
  private waitMs = 0;
  private asks = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly versions = new Map<string, number>();
  private at: [number, number] = [0, 0];

  constructor(private readonly options: LightClientOptions) {
    this.connect();
  }

  /** Whether it follows its view. */
  get isFollowing(): boolean {
    return this.isConnected && this.held.phase === 'following';
  }

  /** Loses its connection without a word, and comes back by itself. */
  cut(): void {
    this.socket?.websocket.cut();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.socket?.websocket.cut();
  }

  private connect(): void {
    const { url, deflates = false } = this.options;
    this.socket = new RawSocketIo(
      { url: url(), deflates },
      {
        connected: () => {
          this.isConnected = true;
          this.attempt = 0;
          this.ask();
        },
        pushed: (bytes, decode) => {
          this.bytes += bytes;
          this.take(decode());
        },
        closed: () => this.lose(),
      },
    );
    this.after(SILENCE_LIMIT_MS, () => this.socket?.websocket.cut());
  }

  private lose(): void {
    const wasConnected = this.isConnected;
    this.isConnected = false;
    this.held.interrupt();
    if (this.isClosed) return;
    const awayMs = wasConnected ? (this.options.awayMs ?? 0) : 0;
    this.after(this.waitMs + awayMs + jitter(this.attempt), () => this.connect());
    this.attempt += 1;
    this.waitMs = 0;
  }

  private ask(): void {
    this.asks += 1;
    const number = this.asks;
    // A gateway that was stopped between the upgrade and the answer never says so.
    this.after(SILENCE_LIMIT_MS, () => this.socket?.websocket.cut());
    this.socket?.emit('subscribe', { v: 1, query: this.options.query, ...this.held.ask() }, (answer) => {
      if (number === this.asks) this.answered(answer as Subscribed | SocketRefusal);
    });
  }

  private answered(answer: Subscribed | SocketRefusal): void {
    clearTimeout(this.timer);
    this.answers.push(answer.ok ? answer.mode : answer.code);
    if (answer.ok) return this.heed(this.held.acknowledge(answer));
    this.held.interrupt();
    this.after((answer.retry_after_ms ?? 0) + jitter(0), () => this.ask());
  }

  private take([event, frame]: unknown[]): void {
    if (event === 'bye') this.waitMs = (frame as { retry_after_ms: number }).retry_after_ms;
    else this.heed(this.held.take({ event, frame } as ViewFrame));
  }

  private heed(outcome: Outcome): void {
    if (outcome === 'ask') this.ask();
    if (outcome !== 'changed') return;
    this.check();
    this.options.changed?.(this);
  }

  private check(): void {
    const [epoch, seq] = this.held.at ?? [0, 0];
    const [lastEpoch, lastSeq] = this.at;
    if (epoch < lastEpoch || (epoch === lastEpoch && seq < lastSeq)) {
      this.wrongs.push(`from ${lastEpoch}.${lastSeq} back to ${epoch}.${seq}`);
    }
    this.at = [epoch, seq];
    for (const { id, version } of this.held.cards.values()) {
      const before = this.versions.get(id) ?? 0;
      if (version < before) this.wrongs.push(`${id}: version ${version} after ${before}`);
      else if (version > before) this.versions.set(id, version);
    }
  }

  private after(ms: number, act: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(act, ms);
  }
}

function jitter(attempt: number): number {
  return Math.random() * Math.min(JITTER_MS.most, JITTER_MS.base * 2 ** Math.min(attempt, 10));
}
