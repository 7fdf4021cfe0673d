import type { Freshness, Position, ProjectionChange } from '#libs/contracts';
import { Answering } from './answering';
import { type Ask, type KnownAsk, RETRY_AFTER_MS, refusal } from './ask';
import { Fanout } from './fanout';
import { KeptViews, type ViewShares } from './kept-views';
import { Leaving } from './leaving';
import type { LiveList } from './live-list';
import type { Outlet } from './outlet';
import { viewText } from './question';
import { QUEUE_LIMIT_BYTES, SlowListeners } from './slow-listeners';
import { Staleness } from './staleness';
import type { View } from './view';
import { type WaitingLimits, WaitingRoom } from './waiting-room';
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
  /** Where listeners leave what they follow or wait for. */
  readonly leaving: Leaving<L>;
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
    const { fanout, watches, kept, room, staleness } = this;
    this.answering = new Answering({ list, outlet, fanout, watches, kept, room, frame });
    this.leaving = new Leaving({ list, outlet, fanout, watches, room, staleness });
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
      this.leaving.leaveText(listener, ask.text);
      if (this.viewsOf(listener) >= this.limits.viewsPerListener) {
        return ask.reply(
          refusal('too_many_views', `a connection follows at most ${this.limits.viewsPerListener} views`),
        );
      }
    }
    this.answering.answerOrWait(ask, now, now);
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
