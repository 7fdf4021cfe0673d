import type { Done, Freshness, LeftFrame, Position, ProjectionChange, Refusal, Subscribed } from '#libs/contracts';
import { answer } from './answer';
import { type Ask, type KnownAsk, refusal } from './ask';
import { Fanout } from './fanout';
import { KeptViews, type ViewShares } from './kept-views';
import type { LiveList } from './live-list';
import { nameOf } from './name-of';
import type { Outlet } from './outlet';
import { isBefore, isWithinReach } from './position';
import type { Audience } from './presentation';
import { type WatchQuestion, viewText, watchQuestion } from './question';
import { QUEUE_LIMIT_BYTES, SlowListeners } from './slow-listeners';
import { Staleness } from './staleness';
import type { View } from './view';
import { type WaitingLimits, WaitingRoom } from './waiting-room';
import type { Watcher } from './watch/watcher';
import type { WatchLimits } from './watch/watch-shares';
import { Watches, sameOf } from './watch/watches';

export interface DeskLimits {
  viewsPerListener: number;
  viewsPerAddress: ViewShares;
  watched: WatchLimits;
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
  readonly watches: Watches<L>;
  private readonly slow: SlowListeners<L>;
  private readonly staleness = new Staleness();
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
    this.slow = new SlowListeners(
      outlet,
      (listener, now) => {
        this.fanout.drained(listener, now);
        this.watches.drained(listener, now);
      },
      (listener) => this.forget(listener),
    );
    this.fanout = new Fanout(outlet, this.slow, this.staleness, (view) => this.kept.abandon(view, this.now));
    this.watches = new Watches(list, outlet, this.slow, this.staleness, limits.watched);
  }

  load(changes: Iterable<ProjectionChange>, position: Position, now: number): void {
    this.now = now;
    this.list.load(changes, position, now);
    this.watches.changed();
    this.room.pass(position);
  }

  /** Takes the changes that lead to `position`, and frames at once what they made due. */
  apply(changes: readonly ProjectionChange[], position: Position, now: number): void {
    this.now = now;
    this.list.apply(changes, position, now);
    this.watches.changed();
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
    const { listener, question } = ask;
    if (question.kind === 'watch') this.giveUpWatch(listener);
    else {
      this.leaveText(listener, ask.text);
      if (this.viewsOf(listener) >= this.limits.viewsPerListener) {
        return ask.reply(
          refusal('too_many_views', `a connection follows at most ${this.limits.viewsPerListener} views`),
        );
      }
    }
    this.answerOrWait(ask, now, now);
  }

  /** A listener watches these as well: the next frame of its watch tells them. */
  watchMore(asked: Ask<L> & { question: WatchQuestion }, now: number): void {
    this.now = now;
    const { listener, question, reply } = asked;
    const watcher = this.watches.of(listener);
    const waiting = this.waitingWatch(listener);
    if (waiting) {
      const all = watchQuestion([...waiting.ids, ...question.ids]);
      return this.ask({ ...waiting.ask, question: all, reply }, now);
    }
    if (watcher) return this.watches.more(watcher, question.ids, reply, now);
    this.ask(asked, now);
  }

  /**
   * A listener watches these no more; undefined: nothing. `holds`: the view that it holds, and takes these out of. Who
   * holds another one is sent a snapshot of the rest.
   */
  unwatch(
    listener: L,
    { ids, holds }: { ids: readonly string[] | undefined; holds: string | undefined },
    reply: (answer: Subscribed | Done | Refusal) => void,
    now: number,
  ): void {
    const watcher = this.watches.of(listener);
    const waiting = this.waitingWatch(listener);
    const watched = waiting?.ids ?? watcher?.ids;
    if (!watched) return reply(refusal('unknown_view', 'you watch nothing'));
    const gone = new Set(ids ?? watched);
    const rest = watched.filter((id) => !gone.has(id));
    if (rest.length === 0) {
      this.leaveWatch(listener);
      return reply({ ok: true });
    }
    if (waiting) return this.ask({ ...waiting.ask, question: watchQuestion(rest), reply }, now);
    if (!watcher) return;
    this.watches.less(watcher, gone);
    if (holds === watcher.name) return reply(sameOf(watcher));
    watcher.arrive();
    reply({ ...sameOf(watcher), mode: 'snapshot' });
    this.outlet.send({ event: 'snapshot', frame: watcher.snapshot() }, listener);
  }

  /** Whether the listener followed, or waited for, the view of this name. */
  leave(listener: L, name: string): boolean {
    const followed = this.fanout.followed(listener).find((view) => view.name === name);
    if (followed) return this.fanout.leave(followed, listener);
    const awaited = this.room.of(listener).find(({ text, question }) => this.nameOf(text, question.kind) === name);
    if (awaited) return this.leaveText(listener, awaited.text);
    return this.watches.of(listener)?.name === name && this.watches.leave(listener);
  }

  /** What the listener watches, or waits to watch; null: nothing. */
  watchOf(listener: L): WatchQuestion | null {
    const ids = this.waitingWatch(listener)?.ids ?? this.watches.of(listener)?.ids;
    return ids ? watchQuestion(ids) : null;
  }

  /** Tells everybody that the list may be old, up to when it is fresh, or that it is fresh again; `pump` sends it. */
  setFreshness(freshness: Pick<Freshness, 'isStale' | 'freshAt'>, now: number): void {
    if (!this.staleness.take(freshness, now)) return;
    this.fanout.heartbeatAll(now);
    this.watches.heartbeatAll();
  }

  /** Tells how much the clock that listeners know is ahead of the one by which `now` is told; less than 0: behind. */
  clockIsAhead(ms: number): void {
    this.staleness.aheadMs = ms;
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
      this.tellLeft(listener, view, why);
    }
    const watcher = this.watches.of(listener);
    if (watcher?.audience !== audience) return;
    this.watches.leave(listener);
    this.tellLeft(listener, watcher, why);
  }

  /** What time brings: frames that are due, heartbeats, answers that waited long enough, slow listeners, idle views. */
  step(now: number): void {
    this.now = now;
    this.frameDue(now);
    this.watches.step(now);
    for (const view of this.fanout.silentAt(now)) if (!this.frame(view, now)) this.fanout.heartbeat(view, now);
    for (const text of this.room.resting()) {
      const view = this.list.find(text);
      if (!view || isRested(view, now)) this.room.rested(text);
    }
    for (const ask of this.room.takeLate(now - WAIT_LIMIT_MS, GIVEN_UP_PER_STEP)) ask.reply(this.tooLate());
    this.slow.tend(now);
    this.kept.dropIdle(now - IDLE_LIMIT_MS);
  }

  /** Sends frames to at most `max` listeners, then answers those whose turn has come; whether there is more. */
  pump(max: number, now: number): boolean {
    this.now = now;
    const left = max - this.watches.jobs.pump(max, now);
    if (this.fanout.pump(left, now) || left <= 0) return true;
    for (let answers = Math.ceil(left / FRAMES_PER_ANSWER); answers > 0; answers -= 1) {
      const next = this.room.next();
      if (!next) break;
      this.answerOrWait(next.ask, next.since, now);
    }
    return this.fanout.pump(0, now) || this.watches.jobs.isMore || this.room.isTurn;
  }

  /** The listener has taken all that it was sent. */
  drained(listener: L, now: number): void {
    this.slow.drained(listener, now);
  }

  /** The listener is gone. */
  forget(listener: L): void {
    this.room.forget(listener);
    this.fanout.forget(listener);
    this.watches.leave(listener);
    this.slow.forget(listener);
  }

  /** Ends the watch of a listener, also one that it waits for. */
  private leaveWatch(listener: L): void {
    this.giveUpWatch(listener);
    this.watches.leave(listener);
  }

  private giveUpWatch(listener: L): void {
    const waiting = this.waitingWatch(listener);
    if (waiting) this.giveUp(listener, waiting.ask.text);
  }

  private waitingWatch(listener: L): { ask: KnownAsk<L>; ids: readonly string[] } | null {
    for (const ask of this.room.of(listener)) if (ask.question.kind === 'watch') return { ask, ids: ask.question.ids };
    return null;
  }

  private nameOf(text: string, kind: 'list' | 'watch'): string {
    return kind === 'watch' ? nameOf(text) : this.list.nameOf(text);
  }

  private leaveText(listener: L, text: string): boolean {
    const hasWaited = this.giveUp(listener, text);
    const view = this.list.find(text);
    const followed = view !== undefined && this.fanout.leave(view, listener);
    return followed || hasWaited;
  }

  /** Takes out an ask that waits; whether there was one. */
  private giveUp(listener: L, text: string): boolean {
    const waited = this.room.leave(listener, text);
    waited?.reply(refusal('unknown_view', 'given up'));
    return waited !== undefined;
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
    const { question } = ask;
    const { at } = ask.returning;
    if (!position || (at && isBefore(position, at))) return 'log';
    if (question.kind === 'watch') {
      this.watches.follow(ask, question, now);
      return null;
    }
    const view = this.kept.of(ask, question, now);
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

  private welcome({ listener, returning, hearsReply, reply }: KnownAsk<L>, view: View, now: number): void {
    const given = answer(view, returning, hearsReply);
    reply(given.ack);
    if ('snapshot' in given) this.outlet.send({ event: 'snapshot', frame: given.snapshot }, listener);
    if ('delta' in given) this.outlet.send({ event: 'delta', frame: given.delta }, listener);
    this.fanout.follow(view, listener, now);
    this.kept.use(view);
  }

  private tellLeft(listener: L, view: View | Watcher<L>, why: Omit<LeftFrame, 'view'>): void {
    this.outlet.send({ event: 'left', frame: { view: view.name, ...why } }, listener);
    const heartbeat = view.heartbeat(this.now, this.staleness);
    this.outlet.send({ event: 'heartbeat', frame: { ...heartbeat, frame: view.frame + 1 } }, listener);
  }

  private frameDue(now: number): void {
    this.watches.tellDue(now);
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
    const waiting = this.room.of(listener).filter(({ question }) => question.kind === 'list');
    return this.fanout.followed(listener).length + waiting.length;
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
