import type { DeltaFrame } from '#libs/contracts';
import { type Following, type Job, nextBatch } from './frame-job';
import type { Outlet, Sent } from './outlet';
import type { View } from './view';

const SILENCE_MS = 10_000;
const DIRTY_LIMIT_MS = 15_000;
/** Who has more waiting is sent nothing more. */
export const QUEUE_LIMIT_BYTES = 256 * 1024;
/** Slow listeners that are looked after in one step; the others have their turn in the next ones. */
const TENDED_PER_STEP = 200;

/** A view, and how many follow it. */
export interface FollowedView {
  name: string;
  question: object;
  /** The number of its last frame. */
  frame: number;
  followers: number;
}

/** Who follows which view. Brings each frame to all of them in slices; to a slow one what it missed, merged. */
export class Fanout<L> {
  private readonly followers = new Map<View, Map<L, Following>>();
  private readonly views = new Map<L, Set<View>>();
  /** When the followers of a view heard something last, the longest silence first. */
  private readonly spokeAt = new Map<View, number>();
  private readonly slow = new Set<L>();
  private readonly jobs: Job<L>[] = [];
  private jobCount = 0;
  private isStale = false;

  /** `onAbandoned` hears of each view whose last follower has left. */
  constructor(
    private readonly outlet: Outlet<L>,
    private readonly onAbandoned: (view: View) => void = () => undefined,
  ) {}

  /** The listener has just been given the state of the view's last frame. */
  follow(view: View, listener: L, now: number): void {
    const followers = this.followers.get(view) ?? new Map<L, Following>();
    this.followers.set(view, followers);
    followers.set(listener, { frame: view.frame, dirtySince: null, owesHeartbeat: false, jobsBefore: this.jobCount });
    this.views.set(listener, (this.views.get(listener) ?? new Set()).add(view));
    if (!this.spokeAt.has(view)) this.spokeAt.set(view, now);
    if (this.isStale) this.outlet.send({ event: 'heartbeat', frame: view.heartbeat(now, true) }, listener);
  }

  /** Whether it followed the view. */
  leave(view: View, listener: L): boolean {
    const followers = this.followers.get(view);
    if (!followers?.delete(listener)) return false;
    this.views.get(listener)?.delete(view);
    if (followers.size > 0) return true;
    this.followers.delete(view);
    this.spokeAt.delete(view);
    this.onAbandoned(view);
    return true;
  }

  forget(listener: L): void {
    for (const view of this.followed(listener)) this.leave(view, listener);
    this.views.delete(listener);
    this.slow.delete(listener);
  }

  /** A handful: a listener has a bound of views. */
  followed(listener: L): View[] {
    return [...(this.views.get(listener) ?? [])];
  }

  followedViews(): FollowedView[] {
    return [...this.followers].map(([{ name, question, frame }, { size }]) => ({ name, question, frame, followers: size }));
  }

  hasFollowers(view: View): boolean {
    return this.followers.has(view);
  }

  /** Queues a frame for all who are at the one before; `pump` sends it. */
  publish(view: View, frame: DeltaFrame, now: number): void {
    this.queue(view, { event: 'delta', frame }, frame.frame - 1, now);
  }

  /** Queues a frame that says where the view is, behind all that is queued for it; `pump` sends it. */
  heartbeat(view: View, now: number): void {
    this.queue(view, { event: 'heartbeat', frame: view.heartbeat(now, this.isStale) }, view.frame, now);
  }

  /** Tells everybody that the list may be old, or is no more; `pump` sends it. */
  setStale(isStale: boolean, now: number): void {
    if (this.isStale === isStale) return;
    this.isStale = isStale;
    for (const view of this.followers.keys()) this.heartbeat(view, now);
  }

  /** Sends to at most `max` listeners; whether there is more to send. */
  pump(max: number, now: number): boolean {
    let left = max;
    for (let job = this.jobs[0]; job && left > 0; job = this.jobs[0]) {
      const batch = nextBatch(job, left);
      left -= batch.length;
      if (batch.length > 0) this.send(job, batch, now);
      else this.jobs.shift();
    }
    return this.jobs.length > 0;
  }

  /** The listener has taken all that was sent: what it missed follows, one frame for each view. */
  drained(listener: L, now: number): void {
    if (!this.slow.delete(listener)) return;
    for (const view of this.followed(listener)) {
      const following = this.followers.get(view)?.get(listener);
      if (!following || following.dirtySince === null) continue;
      if (this.outlet.queued(listener) > 0) this.slow.add(listener);
      else this.catchUp(view, listener, following, now);
    }
  }

  /** The views whose listeners have heard nothing for a while. */
  silentAt(now: number): View[] {
    const silent: View[] = [];
    for (const [view, at] of this.spokeAt) {
      if (now - at < SILENCE_MS) break;
      silent.push(view);
    }
    return silent;
  }

  /** Looks after the slow: brings up those that have drained, dismisses those that do not. */
  tend(now: number): void {
    for (const listener of first(this.slow, TENDED_PER_STEP)) {
      const queued = this.outlet.queued(listener);
      if (queued === 0) this.drained(listener, now);
      else if (queued > QUEUE_LIMIT_BYTES || now - this.dirtySince(listener, now) >= DIRTY_LIMIT_MS) {
        this.forget(listener);
        this.outlet.dismiss(listener, 'slow');
      } else {
        this.slow.delete(listener);
        this.slow.add(listener);
      }
    }
  }

  private queue(view: View, sent: Sent & { frame: { frame: number } }, from: number, now: number): void {
    const followers = this.followers.get(view);
    if (!followers) return;
    this.spokeAt.delete(view);
    this.spokeAt.set(view, now);
    this.jobs.push({ view, sent, from, to: sent.frame.frame, number: this.jobCount, rest: followers.entries() });
    this.jobCount += 1;
  }

  private send({ sent, view, from, to }: Job<L>, batch: [L, Following][], now: number): void {
    for (const [, following] of batch) following.frame = to;
    const listeners = batch.map(([listener]) => listener);
    for (const listener of this.outlet.broadcast(sent, listeners)) {
      const following = this.followers.get(view)?.get(listener);
      if (!following) continue;
      following.frame = from;
      following.dirtySince ??= now;
      following.owesHeartbeat ||= sent.event === 'heartbeat';
      this.slow.add(listener);
    }
  }

  private catchUp(view: View, listener: L, following: Following, now: number): void {
    if (following.frame < view.frame) {
      const delta = view.since(following.frame);
      if (delta) this.outlet.send({ event: 'delta', frame: delta }, listener);
      else {
        this.outlet.send({ event: 'reset', frame: { view: view.name, reason: 'too far behind' } }, listener);
        this.outlet.send({ event: 'snapshot', frame: view.snapshot() }, listener);
      }
    }
    if (following.owesHeartbeat) {
      this.outlet.send({ event: 'heartbeat', frame: view.heartbeat(now, this.isStale) }, listener);
    }
    Object.assign(following, { frame: view.frame, dirtySince: null, owesHeartbeat: false });
  }

  private dirtySince(listener: L, now: number): number {
    const since = this.followed(listener).map((view) => this.followers.get(view)?.get(listener)?.dirtySince ?? now);
    return Math.min(now, ...since);
  }
}

function first<T>(set: Set<T>, count: number): T[] {
  const some: T[] = [];
  for (const each of set) {
    if (some.length === count) break;
    some.push(each);
  }
  return some;
}
