import type { LeftFrame, Position, ProjectionChange, Refusal } from '#libs/contracts';
import { answer } from './answer';
import { type Ask, type KnownAsk, refusal } from './ask';
import { Fanout, QUEUE_LIMIT_BYTES } from './fanout';
import { KeptViews, type ViewShares } from './kept-views';
import type { LiveList } from './live-list';
import type { Outlet } from './outlet';
import { isBefore, isWithinReach } from './position';
import type { Audience } from './presentation';
import { type WatchQuestion, viewText } from './question';
import type { View } from './view';
import { type WaitingLimits, WaitingRoom } from './waiting-room';

export interface DeskLimits {
  viewsPerListener: number;
  viewsPerAddress: ViewShares;
  waiting: WaitingLimits;
}

const WAIT_LIMIT_MS = 2000;
const FRAME_APART_MS = 50;
const IDLE_LIMIT_MS = 10_000;
/** Where more are due at once (a new epoch touches them all), the others follow in the next steps. */
const FRAMES_PER_STEP = 100;
/** Who has waited too long is told so: at most so many in one step. */
const GIVEN_UP_PER_STEP = 200;
/** An answer costs about as much as a frame to so many listeners. */
const FRAMES_PER_ANSWER = 5;
const RETRY_AFTER_MS = 1000;
const WAITING_PER_RETRY_SECOND = 1000;

/**
 * Where listeners ask, and from where frames go out to them. Whoever owns it feeds the changes, calls `step` every few
 * ms and `pump` after each of these, and while there is more; all answers and frames leave through the outlet.
 */
export class Desk<L> {
  readonly fanout: Fanout<L>;
  private readonly room: WaitingRoom<L>;
  private readonly kept: KeptViews;
  /** Of the last call that told it. */
  private now = 0;

  constructor(
    private readonly list: LiveList,
    private readonly outlet: Outlet<L>,
    private readonly limits: DeskLimits,
  ) {
    this.kept = new KeptViews(list, limits.viewsPerAddress);
    this.room = new WaitingRoom(limits.waiting);
    this.fanout = new Fanout(outlet, (view) => this.kept.abandon(view, this.now));
  }

  load(changes: Iterable<ProjectionChange>, position: Position, now: number): void {
    this.now = now;
    this.list.load(changes, position, now);
    this.room.pass(position);
  }

  /** Takes the changes that lead to `position`, and frames at once what they made due. */
  apply(changes: readonly ProjectionChange[], position: Position, now: number): void {
    this.now = now;
    this.list.apply(changes, position, now);
    this.room.pass(position);
    this.frameDue(now);
  }

  /** Answers now, or as soon as the view has come to where the listener was; within 2 s. */
  ask(asked: Ask<L>, now: number): void {
    this.now = now;
    if (this.outlet.queued(asked.listener) > QUEUE_LIMIT_BYTES) {
      return asked.reply(refusal('rate_limited', 'take what was sent to you first', RETRY_AFTER_MS));
    }
    const ask: KnownAsk<L> = { ...asked, text: viewText(asked.question, asked.audience) };
    this.leaveText(ask.listener, ask.text);
    if (ask.question.kind === 'watch') this.giveUpWatches(ask.listener);
    if (ask.question.kind === 'list' && this.viewsOf(ask.listener) >= this.limits.viewsPerListener) {
      return ask.reply(refusal('too_many_views', `at most ${this.limits.viewsPerListener} views a connection`));
    }
    this.answerOrWait(ask, now, now);
  }

  /** Whether the listener followed, or waited for, the view of this name. */
  leave(listener: L, name: string): boolean {
    const followed = this.fanout.followed(listener).find((view) => view.name === name);
    if (followed) return this.fanout.leave(followed, listener);
    const awaited = this.room.of(listener).find(({ text }) => this.list.nameOf(text) === name);
    return awaited !== undefined && this.leaveText(listener, awaited.text);
  }

  /** What the listener watches, or waits to watch; null: nothing. */
  watchOf(listener: L): WatchQuestion | null {
    const questions = [...this.room.of(listener), ...this.fanout.followed(listener)].map(({ question }) => question);
    return questions.find((question) => question.kind === 'watch') ?? null;
  }

  /** Ends the watch of a listener, also one that it waits for. */
  leaveWatch(listener: L): void {
    this.giveUpWatches(listener);
    this.leaveWatches(listener, undefined);
  }

  /**
   * Takes a listener out of all that it follows or waits for as this audience, and tells it so. The heartbeat after
   * `left` names a frame that nobody has: a client that does not know `left` asks again because of it.
   */
  leaveAll(listener: L, audience: Audience, why: Omit<LeftFrame, 'view'>): void {
    for (const ask of this.room.of(listener)) {
      if (ask.audience === audience) this.room.leave(listener, ask.text)?.reply(refusal('unavailable', why.error));
    }
    for (const view of this.fanout.followed(listener)) {
      if (view.text !== viewText(view.question, audience)) continue;
      this.fanout.leave(view, listener);
      this.outlet.send({ event: 'left', frame: { view: view.name, ...why } }, listener);
      const frame = view.frame + 1;
      this.outlet.send({ event: 'heartbeat', frame: { ...view.heartbeat(this.now, false), frame } }, listener);
    }
  }

  /** What time brings: frames that are due, heartbeats, answers that waited long enough, slow listeners, idle views. */
  step(now: number): void {
    this.now = now;
    this.frameDue(now);
    for (const view of this.fanout.silentAt(now)) if (!this.frame(view, now)) this.fanout.heartbeat(view, now);
    for (const text of this.room.resting()) {
      const view = this.list.find(text);
      if (!view || isRested(view, now)) this.room.rested(text);
    }
    for (const ask of this.room.takeLate(now - WAIT_LIMIT_MS, GIVEN_UP_PER_STEP)) ask.reply(this.tooLate());
    this.fanout.tend(now);
    this.kept.dropIdle(now - IDLE_LIMIT_MS);
  }

  /** Sends frames to at most `max` listeners, then answers those whose turn has come; whether there is more. */
  pump(max: number, now: number): boolean {
    this.now = now;
    if (this.fanout.pump(max, now)) return true;
    for (let left = Math.ceil(max / FRAMES_PER_ANSWER); left > 0; left -= 1) {
      const next = this.room.next();
      if (!next) return this.fanout.pump(0, now);
      this.answerOrWait(next.ask, next.since, now);
    }
    return this.fanout.pump(0, now) || this.room.isTurn;
  }

  /** The listener is gone. */
  forget(listener: L): void {
    this.room.forget(listener);
    this.fanout.forget(listener);
  }

  private leaveText(listener: L, text: string): boolean {
    const waited = this.room.leave(listener, text);
    waited?.reply(refusal('unknown_view', 'given up'));
    const view = this.list.find(text);
    const followed = view !== undefined && this.fanout.leave(view, listener);
    return followed || waited !== undefined;
  }

  private answerOrWait(ask: KnownAsk<L>, since: number, now: number): void {
    const lack = this.tryAnswer(ask, now);
    if (!lack) return;
    const { at } = ask.returning;
    const { position } = this.list;
    if (at && position && !isWithinReach(at, position)) return ask.reply(this.tooLate());
    const refused = this.room.enter(ask, lack, since);
    if (refused === 'address') {
      ask.reply(refusal('rate_limited', 'too many from your address wait to be answered', RETRY_AFTER_MS));
    } else if (refused) ask.reply(this.tooLate());
  }

  /** What is lacking before it can be answered; null: it has been. */
  private tryAnswer(ask: KnownAsk<L>, now: number): 'log' | 'rest' | null {
    const { position } = this.list;
    const { at } = ask.returning;
    if (!position || (at && isBefore(position, at))) return 'log';
    const view = this.kept.of(ask, now);
    if ('ok' in view) {
      ask.reply(view);
      return null;
    }
    const isOlder = at !== undefined && !view.contains(at);
    if (isOlder && !isRested(view, now)) return 'rest';
    // A view that nobody follows has not been framed for a while.
    if (isOlder || (isRested(view, now) && !this.fanout.hasFollowers(view))) this.frame(view, now);
    this.welcome(ask, view, now);
    return null;
  }

  private welcome(ask: KnownAsk<L>, view: View, now: number): void {
    const { listener, question, returning, hearsReply } = ask;
    const given = answer(view, returning, hearsReply);
    ask.reply(given.ack);
    if ('snapshot' in given) this.outlet.send({ event: 'snapshot', frame: given.snapshot }, listener);
    if ('delta' in given) this.outlet.send({ event: 'delta', frame: given.delta }, listener);
    if (question.kind === 'watch') this.leaveWatches(listener, view);
    this.fanout.follow(view, listener, now);
    this.kept.use(view);
  }

  /** A listener has one watch: the last that it asked for. */
  private leaveWatches(listener: L, kept: View | undefined): void {
    for (const view of this.fanout.followed(listener)) {
      if (view.question.kind === 'watch' && view !== kept) this.fanout.leave(view, listener);
    }
  }

  private giveUpWatches(listener: L): void {
    for (const { question, text } of this.room.of(listener)) {
      if (question.kind === 'watch') this.leaveText(listener, text);
    }
  }

  private frameDue(now: number): void {
    const due = this.list.dueAt(now).filter((view) => this.fanout.hasFollowers(view));
    for (const view of due.slice(0, FRAMES_PER_STEP)) this.frame(view, now);
  }

  private frame(view: View, now: number): boolean {
    const delta = this.list.frame(view, now);
    if (delta) this.fanout.publish(view, delta, now);
    return delta !== null;
  }

  /** Lists that it follows or waits for. */
  private viewsOf(listener: L): number {
    const views = [...this.fanout.followed(listener), ...this.room.of(listener)];
    return views.filter(({ question }) => question.kind === 'list').length;
  }

  /** The more wait, the later they come again. */
  private tooLate(): Refusal {
    const afterMs = RETRY_AFTER_MS * (1 + Math.floor(this.room.taken / WAITING_PER_RETRY_SECOND));
    return this.list.position
      ? refusal('behind', 'you are ahead of this gateway', afterMs)
      : refusal('unavailable', 'the live list is not loaded yet', afterMs);
  }
}

function isRested(view: View, now: number): boolean {
  return now - view.framedAt >= FRAME_APART_MS;
}
