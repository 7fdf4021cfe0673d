import type { Freshness, LeftFrame, Position, ProjectionChange } from '#libs/contracts';
import { Answering } from './answering';
import { type Ask, type KnownAsk, RETRY_AFTER_MS, refusal } from './ask';
import { Fanout } from './fanout';
import { KeptViews, type ViewShares } from './kept-views';
import type { LiveList } from './live-list';
import { nameOf } from './name-of';
import type { Outlet } from './outlet';
import type { AudienceName } from './presentation';
import { viewText } from './question';
import { QUEUE_LIMIT_BYTES, SlowListeners } from './slow-listeners';
import { Staleness } from './staleness';
import type { View } from './view';
import { type WaitingLimits, WaitingRoom } from './waiting-room';
import type { Watcher } from './watch/watcher';
import type { WatchLimits } from './watch/watch-shares';
import { WatchRequests } from './watch/watch-requests';
import { Watches } from './watch/watches';

export interface DeskLimits {
  viewsPerListener: number;
  viewsPerAddress: ViewShares;
  watched: WatchLimits;
  waiting: WaitingLimits;
}

const IDLE_LIMIT_MS = 10_000;
/** Where more are due at once (a new epoch touches them all), the others follow in the next steps. */
const FRAMES_PER_STEP = 100;
/** An answer costs about as much as a frame to so many listeners. */
const FRAMES_PER_ANSWER = 5;

/**
 * Where listeners ask, and from where frames go out to them. Whoever owns it feeds the changes, calls `step` every few
 * ms and `pump` after each of these, and while there is more; all answers and frames leave through the outlet.
 */
export class Desk<L> {
  readonly fanout: Fanout<L>;
  readonly watches: Watches<L>;
  /** What listeners ask about their watch. */
  readonly watching: WatchRequests<L>;
  private readonly answering: Answering<L>;
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
    const frame = (view: View, now: number) => this.frame(view, now);
    this.answering = new Answering({
      list,
      outlet,
      fanout: this.fanout,
      watches: this.watches,
      kept: this.kept,
      room: this.room,
      frame,
    });
    this.watching = new WatchRequests(this.watches, this.room, outlet, (asked, now) => this.ask(asked, now));
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
    if (question.kind === 'watch') this.watching.giveUp(listener);
    else {
      this.leaveText(listener, ask.text);
      if (this.viewsOf(listener) >= this.limits.viewsPerListener) {
        return ask.reply(
          refusal('too_many_views', `a connection follows at most ${this.limits.viewsPerListener} views`),
        );
      }
    }
    this.answering.answerOrWait(ask, now, now);
  }

  /** Whether the listener followed, or waited for, the view of this name. */
  leave(listener: L, name: string): boolean {
    const followed = this.fanout.followed(listener).find((view) => view.name === name);
    if (followed) return this.fanout.leave(followed, listener);
    const awaited = this.room.of(listener).find(({ text, question }) => this.nameOf(text, question.kind) === name);
    if (awaited) return this.leaveText(listener, awaited.text);
    return this.watches.of(listener)?.name === name && this.watches.leave(listener);
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
  leaveAll(listener: L, audience: AudienceName, why: Omit<LeftFrame, 'view'>): void {
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
    this.answering.step(now);
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
      this.answering.answerOrWait(next.ask, next.since, now);
    }
    return this.fanout.pump(0, now) || this.watches.jobs.isMore || this.room.isTurn;
  }

  /** The listener is gone. */
  forget(listener: L): void {
    this.room.forget(listener);
    this.fanout.forget(listener);
    this.watches.leave(listener);
    this.slow.forget(listener);
  }

  private nameOf(text: string, kind: 'list' | 'watch'): string {
    return kind === 'watch' ? nameOf(text) : this.list.nameOf(text);
  }

  private leaveText(listener: L, text: string): boolean {
    const hasWaited = this.room.giveUp(listener, text);
    const view = this.list.find(text);
    const followed = view !== undefined && this.fanout.leave(view, listener);
    return followed || hasWaited;
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
}
