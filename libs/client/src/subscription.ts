import type { Card, Refusal, RemoveReason, Subscribed } from '#libs/contracts';
import type { LiveSocket } from './connection';
import { HeldList, type Outcome, type Returning, type ViewFrame } from './held-list';
import { fullJitter } from './jitter';

/**
 * `loading`: nothing is known yet. `live`: it is the list. `stale`: it was the list; the connection, or what the
 * gateway follows, is away. `refused`: the gateway will not answer this; see `refusal`.
 */
export type ListState = 'loading' | 'live' | 'stale' | 'refused';

/** What is told at each change. */
export interface LiveUpdate {
  state: ListState;
  /** In the order of the query, at most `limit`; of a watch, in the order of the ids. */
  sessions: readonly Card[];
  /** How many there are in all. */
  total: number;
  /** Which ones left with this change, and why. */
  removed: readonly [id: string, why: RemoveReason][];
  /** Of a watch: which ones are not open. */
  absent: readonly string[];
  /** The position of the live projection that it shows, whole: to compare it with another copy. */
  at?: readonly [epoch: number, seq: number];
  refusal?: { code: string; error: string };
}

/** What a subscription asks, and how it shows what it holds. */
export interface Wanted {
  send(socket: LiveSocket, returning: Returning, answered: (answer: Subscribed | Refusal) => void): void;
  show(cards: ReadonlyMap<string, Card>): Pick<LiveUpdate, 'sessions' | 'absent'>;
}

const ANSWER_LIMIT_MS = 10_000;
const RETRIED = new Set(['behind', 'unavailable', 'rate_limited', 'internal', 'too_many_views']);

/** One live question on a connection that comes and goes: asks, asks again where frames do not fit, tells the changes. */
export class Subscription {
  readonly held = new HeldList();
  private refusal: LiveUpdate['refusal'];
  private socket: LiveSocket | undefined;
  private attempt = 0;
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private told = '';
  private isClosed = false;
  private isOutdated = false;

  constructor(
    private readonly wanted: Wanted,
    private readonly onChange: (update: LiveUpdate) => void,
    /** The answer of a subscription that was given up: its view, and whether a frame follows. */
    private readonly onOrphan: (view: string, hasFrame: boolean) => void,
    /** An answer has come, or will not. */
    private readonly onSettled: () => void,
  ) {}

  /** A question is on its way, or its answer. */
  get isAsking(): boolean {
    return this.held.phase === 'asking' || this.held.phase === 'answering';
  }

  get current(): LiveUpdate {
    const { held, refusal } = this;
    const { removed, total, at } = held;
    const known = { ...(at && { at }), ...(refusal && { refusal }) };
    return { state: this.state, ...this.wanted.show(held.cards), total, removed, ...known };
  }

  connect(socket: LiveSocket): void {
    this.socket = socket;
    this.ask();
  }

  disconnect(): void {
    this.socket = undefined;
    this.asked += 1;
    clearTimeout(this.timer);
    this.held.interrupt();
    this.tellState();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  /** What is wanted is another thing now: asks again, one question after the other. */
  renew(): void {
    if (this.isAsking) this.isOutdated = true;
    else this.ask();
  }

  take(frame: ViewFrame): void {
    this.heed(this.held.take(frame));
  }

  private get state(): ListState {
    if (this.refusal && !RETRIED.has(this.refusal.code)) return 'refused';
    if (!this.held.at) return 'loading';
    // While it asks anew what it holds is one frame old at most; it is not worth a flicker.
    const isAway = !this.socket || this.held.phase === 'idle';
    return isAway || this.held.stale ? 'stale' : 'live';
  }

  private ask(): void {
    const { socket } = this;
    if (!socket || this.isClosed) return;
    this.isOutdated = false;
    this.asked += 1;
    const number = this.asked;
    const isCurrent = () => number === this.asked;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => isCurrent() && this.fail(undefined), ANSWER_LIMIT_MS);
    this.wanted.send(socket, this.held.ask(), (answer) => {
      if (this.isClosed || !isCurrent()) {
        if (answer.ok) this.onOrphan(answer.view, answer.mode !== 'same');
        return;
      }
      clearTimeout(this.timer);
      if (answer.ok) this.accept(answer);
      else this.fail(answer);
    });
  }

  private accept(answer: Subscribed): void {
    this.attempt = 0;
    this.refusal = undefined;
    this.heed(this.held.acknowledge(answer));
  }

  /** What is held stays, marked stale; most refusals pass. */
  private fail(refusal: Refusal | undefined): void {
    this.held.interrupt();
    this.refusal = refusal && { code: refusal.code, error: refusal.error };
    if (!refusal || RETRIED.has(refusal.code)) {
      const waitMs = (refusal?.retry_after_ms ?? 0) + fullJitter(this.attempt, Math.random());
      this.attempt += 1;
      this.timer = setTimeout(() => this.ask(), waitMs);
    } else if (this.isOutdated) {
      this.ask();
    }
    this.tellState();
    this.onSettled();
  }

  private heed(outcome: Outcome): void {
    if (outcome === 'ask') this.ask();
    if (outcome !== 'changed') return;
    this.tell();
    if (this.isOutdated) this.ask();
    this.onSettled();
  }

  private tellState(): void {
    if (this.state !== this.told) this.tell();
  }

  private tell(): void {
    if (this.isClosed) return;
    this.told = this.state;
    this.onChange(this.current);
  }
}
