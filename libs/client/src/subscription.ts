import type { Card, SocketRefusal, Subscribed } from '#libs/contracts';
import type { Report } from './debug';
import type { Asker } from './live-socket';
import { type LiveUpdate, type Shown, type StaleReason, closed } from './live-update';
import { HeldList, type Outcome, type Returning, type ViewFrame } from './protocol/held-list';
import { TOO_MANY, retryAfterMs } from './retry';

/** What a subscription asks, and how it shows what it holds. */
export interface Wanted {
  send(socket: Asker, returning: Returning, answered: Answered): void;
  show(cards: ReadonlyMap<string, Card>): Pick<Shown, 'sessions' | 'absent'>;
}

export type Answered = (answer: Subscribed | { ok: true } | SocketRefusal) => void;

/** Whoever owns a subscription. */
export interface SubscriptionOwner {
  /** What is to be told. */
  onChange(update: LiveUpdate): void;
  /** The answer of a question that was given up: its view, and whether a frame follows. */
  onOrphan(view: string, hasFrame: boolean): void;
  /** An answer has come, or will not. */
  onSettled(): void;
  report: Report;
}

type Refused = { code: string; error: string } & ({ final: true } | { final: false; retryAt: number });

const ANSWER_LIMIT_MS = 10_000;

/** One live question on a connection that comes and goes: asks, asks again where frames do not fit, tells the changes. */
export class Subscription {
  readonly held = new HeldList();
  private refused: Refused | undefined;
  private socket: Asker | undefined;
  private away: StaleReason = 'disconnected';
  private attempt = 0;
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private told: string;
  private isClosed = false;
  private isOutdated = false;
  /** Since when a frame is missing, epoch ms. */
  private gapSince: number | undefined;

  constructor(
    private readonly wanted: Wanted,
    private readonly owner: SubscriptionOwner,
  ) {
    this.told = stateOf(this.current);
  }

  /** A question is on its way, or its answer. */
  get isAsking(): boolean {
    return this.held.phase === 'asking' || this.held.phase === 'answering';
  }

  /** It has its answer, and the next frame will fit. */
  get isFollowing(): boolean {
    return this.held.phase === 'following' && !this.isOutdated;
  }

  get current(): LiveUpdate {
    const { held, refused } = this;
    const { removed, total, at } = held;
    const shown: Shown = { ...this.wanted.show(held.cards), total, removed, ...(at && { at }) };
    if (this.isClosed) return closed(shown);
    if (refused && (refused.final || !at)) return { ...shown, state: 'refused', ...refused };
    if (!at) return { ...shown, state: 'loading', previous: false };
    const why = this.staleReason;
    if (!why) return { ...shown, state: 'live' };
    const detail = why === 'refused' && refused ? { detail: `${refused.code}: ${refused.error}` } : {};
    return { ...shown, state: 'stale', why, ...detail, freshAt: held.freshAt };
  }

  connect(socket: Asker): void {
    this.socket = socket;
    this.refused = undefined;
    this.ask();
  }

  disconnect(why: StaleReason): void {
    this.socket = undefined;
    this.away = why;
    this.asked += 1;
    this.gapSince = undefined;
    clearTimeout(this.timer);
    this.held.interrupt();
    this.tellState();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  /** Closes, and says so: the client ends. */
  end(): void {
    this.close();
    this.owner.onChange(this.current);
  }

  /** What is wanted, or may be seen, is another thing now: asks again, one question after the other. */
  renew(): void {
    if (this.isAsking) this.isOutdated = true;
    else this.ask();
  }

  /** There is room for another view: asks again if there was none. */
  retryForRoom(): void {
    if (this.refused?.final && this.refused.code === TOO_MANY) this.ask();
  }

  /** Moves the view without asking for it anew. Whatever comes but `same`: then it is asked anew. */
  amend(send: (socket: Asker, answered: Answered) => void, done: () => void = () => undefined): void {
    const { socket, asked } = this;
    if (!socket) return;
    send(socket, (answer) => {
      if (this.isClosed || asked !== this.asked) return;
      if (answer.ok && 'mode' in answer && answer.mode === 'same') done();
      else this.renew();
    });
  }

  take(frame: ViewFrame): Outcome {
    const outcome = this.held.take(frame);
    this.heed(outcome, frame.event === 'left');
    return outcome;
  }

  private get staleReason(): StaleReason | undefined {
    if (!this.socket) return this.away;
    // While it asks anew what it holds is one frame old at most; it is not worth a flicker.
    if (this.held.phase === 'idle') return this.refused ? 'refused' : 'unanswered';
    return this.held.stale ? 'gateway' : undefined;
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
      if (answer.ok && !('view' in answer)) return;
      if (this.isClosed || !isCurrent()) {
        if (answer.ok) this.owner.onOrphan(answer.view, answer.mode !== 'same');
        return;
      }
      clearTimeout(this.timer);
      if (answer.ok) this.accept(answer);
      else this.fail(answer);
    });
  }

  private accept(answer: Subscribed): void {
    this.attempt = 0;
    this.refused = undefined;
    this.heed(this.held.acknowledge(answer));
  }

  /** What is held stays, marked stale; most refusals pass. */
  private fail(refusal: SocketRefusal | undefined): void {
    this.held.interrupt();
    const waitMs = retryAfterMs(refusal, this.attempt);
    this.refused = refusal && {
      code: refusal.code,
      error: refusal.error,
      ...(waitMs === undefined ? { final: true } : { final: false, retryAt: Date.now() + waitMs }),
    };
    if (waitMs !== undefined) {
      this.attempt += 1;
      this.timer = setTimeout(() => this.ask(), waitMs);
    } else if (this.isOutdated) {
      this.ask();
    }
    this.tellState();
    this.owner.onSettled();
  }

  private heed(outcome: Outcome, isLeft = false): void {
    const { view = '', frame } = this.held;
    if (outcome === 'ask') {
      if (!isLeft) this.noteGap(view, frame);
      this.ask();
    }
    if (outcome !== 'changed') return;
    if (this.gapSince !== undefined) {
      this.owner.report({ type: 'repair', view, frame, tookMs: Date.now() - this.gapSince });
      this.gapSince = undefined;
    }
    this.tell();
    if (this.isOutdated) this.ask();
    this.owner.onSettled();
  }

  private noteGap(view: string, held: number): void {
    this.gapSince ??= Date.now();
    this.owner.report({ type: 'gap', view, held });
  }

  private tellState(): void {
    const update = this.current;
    if (stateOf(update) !== this.told) this.tell(update);
  }

  private tell(update = this.current): void {
    if (this.isClosed) return;
    this.told = stateOf(update);
    this.owner.onChange(update);
  }
}

/** All that an update says beside the list. */
function stateOf(update: LiveUpdate): string {
  return JSON.stringify({ ...update, sessions: undefined, removed: undefined, absent: undefined });
}
