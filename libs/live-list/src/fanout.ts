import type { DeltaFrame } from '#libs/contracts';
import { type Following, type Job, nextBatch } from './next-batch';
import type { Outlet, Sent } from './outlet';
import type { SlowListeners } from './slow-listeners';
import { SILENCE_MS, type Staleness } from './staleness';
import type { View } from './view';

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
  private readonly jobs: Job<L>[] = [];
  private jobCount = 0;

  /** `onAbandoned` hears of each view whose last follower has left. */
  constructor(
    private readonly outlet: Outlet<L>,
    private readonly slow: SlowListeners<L>,
    private readonly staleness: Staleness,
    private readonly onAbandoned: (view: View) => void = () => undefined,
  ) {}

  /** The listener has just been given the state of the view's last frame. */
  follow(view: View, listener: L, now: number): void {
    const followers = this.followers.get(view) ?? new Map<L, Following>();
    this.followers.set(view, followers);
    followers.set(listener, { frame: view.frame, isBehind: false, owesHeartbeat: false, jobsBefore: this.jobCount });
    this.views.set(listener, (this.views.get(listener) ?? new Set()).add(view));
    if (!this.spokeAt.has(view)) this.spokeAt.set(view, now);
    if (this.staleness.isStale) this.sendHeartbeat(view, listener, now);
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
  }

  /** A handful: a listener has a bound of views. */
  followed(listener: L): View[] {
    return [...(this.views.get(listener) ?? [])];
  }

  followedViews(): FollowedView[] {
    return [...this.followers].map(([{ name, question, frame }, { size }]) => ({
      name,
      question,
      frame,
      followers: size,
    }));
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
    this.queue(view, { event: 'heartbeat', frame: view.heartbeat(now, this.staleness) }, view.frame, now);
  }

  /** Queues a frame for everybody that says where they are, and how fresh that is. */
  heartbeatAll(now: number): void {
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
    for (const view of this.followed(listener)) {
      const following = this.followers.get(view)?.get(listener);
      if (!following?.isBehind) continue;
      if (this.outlet.queued(listener) > 0) this.slow.note(listener, now);
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
      following.isBehind = true;
      following.owesHeartbeat ||= sent.event === 'heartbeat';
      this.slow.note(listener, now);
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
    if (following.owesHeartbeat) this.sendHeartbeat(view, listener, now);
    Object.assign(following, { frame: view.frame, isBehind: false, owesHeartbeat: false });
  }

  private sendHeartbeat(view: View, listener: L, now: number): void {
    this.outlet.send({ event: 'heartbeat', frame: view.heartbeat(now, this.staleness) }, listener);
  }
}
