import type { DeltaFrame } from '#libs/contracts';
import type { Outlet } from './outlet';
import type { View } from './view';

/** How far a listener of a view is: of a slow one nothing else is kept, whatever it misses. */
interface Following {
  /** The last frame sent to it. */
  frame: number;
  /** Since when it could not take what was due, epoch ms; null: it has all. */
  dirtySince: number | null;
  owesHeartbeat: boolean;
}

interface Job<L> {
  view: View;
  delta: DeltaFrame;
  rest: Iterator<[L, Following]>;
}

const SILENCE_MS = 10_000;
const DIRTY_LIMIT_MS = 15_000;
/** Who has more waiting is sent nothing more. */
export const QUEUE_LIMIT_BYTES = 256 * 1024;

/** Who follows which view. Brings each frame to all of them in slices; to a slow one what it missed, merged. */
export class Fanout<L> {
  private readonly followers = new Map<View, Map<L, Following>>();
  private readonly views = new Map<L, Set<View>>();
  private readonly spokeAt = new Map<View, number>();
  private readonly slow = new Set<L>();
  private readonly jobs: Job<L>[] = [];
  private isStale = false;

  constructor(private readonly outlet: Outlet<L>) {}

  /** The listener has just been given the state of the view's last frame. */
  follow(view: View, listener: L, now: number): void {
    const followers = this.followers.get(view) ?? new Map<L, Following>();
    this.followers.set(view, followers);
    followers.set(listener, { frame: view.frame, dirtySince: null, owesHeartbeat: false });
    this.views.set(listener, (this.views.get(listener) ?? new Set()).add(view));
    if (!this.spokeAt.has(view)) this.spokeAt.set(view, now);
    if (this.isStale) this.outlet.send({ event: 'heartbeat', frame: view.heartbeat(now, true) }, listener);
  }

  /** Whether it followed the view. */
  leave(view: View, listener: L): boolean {
    const followers = this.followers.get(view);
    if (!followers?.delete(listener)) return false;
    if (followers.size === 0) {
      this.followers.delete(view);
      this.spokeAt.delete(view);
    }
    this.views.get(listener)?.delete(view);
    return true;
  }

  forget(listener: L): void {
    for (const view of this.followed(listener)) this.leave(view, listener);
    this.views.delete(listener);
    this.slow.delete(listener);
  }

  followed(listener: L): View[] {
    return [...(this.views.get(listener) ?? [])];
  }

  hasFollowers(view: View): boolean {
    return this.followers.has(view);
  }

  /** Queues a frame for all who are at the one before; `pump` sends it. */
  publish(view: View, delta: DeltaFrame, now: number): void {
    const followers = this.followers.get(view);
    if (!followers) return;
    this.spokeAt.set(view, now);
    this.jobs.push({ view, delta, rest: followers.entries() });
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
    return [...this.spokeAt].filter(([, at]) => now - at >= SILENCE_MS).map(([view]) => view);
  }

  /** Says where the view is, to all who are there. Not while frames are on their way. */
  heartbeat(view: View, now: number): void {
    const followers = this.followers.get(view);
    if (!followers || this.jobs.some((job) => job.view === view)) return;
    this.spokeAt.set(view, now);
    const clean = [...followers].filter(([, { dirtySince }]) => dirtySince === null);
    const to = clean.map(([listener]) => listener);
    const missed = this.outlet.broadcast({ event: 'heartbeat', frame: view.heartbeat(now, this.isStale) }, to);
    for (const listener of missed) this.miss(listener, followers.get(listener), now);
    for (const following of followers.values()) following.owesHeartbeat = following.dirtySince !== null;
  }

  /** Tells everybody that the list may be old, or is no more. */
  setStale(isStale: boolean, now: number): void {
    if (this.isStale === isStale) return;
    this.isStale = isStale;
    while (this.pump(Number.MAX_SAFE_INTEGER, now));
    for (const view of this.followers.keys()) this.heartbeat(view, now);
  }

  /** Looks after the slow: brings up those that have drained, dismisses those that do not. */
  tend(now: number): void {
    for (const listener of this.slow) {
      const queued = this.outlet.queued(listener);
      if (queued === 0) this.drained(listener, now);
      else if (queued > QUEUE_LIMIT_BYTES || now - this.dirtySince(listener, now) >= DIRTY_LIMIT_MS) {
        this.forget(listener);
        this.outlet.dismiss(listener, 'slow');
      }
    }
  }

  private send({ delta, view }: Job<L>, batch: [L, Following][], now: number): void {
    for (const [, following] of batch) following.frame = delta.frame;
    const to = batch.map(([listener]) => listener);
    for (const listener of this.outlet.broadcast({ event: 'delta', frame: delta }, to)) {
      const following = this.followers.get(view)?.get(listener);
      if (following) following.frame = delta.frame - 1;
      this.miss(listener, following, now);
    }
  }

  private miss(listener: L, following: Following | undefined, now: number): void {
    if (!following) return;
    following.dirtySince ??= now;
    this.slow.add(listener);
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

/** The next ones that are exactly one frame behind: others were answered later, or are slow. */
function nextBatch<L>({ rest, delta }: Job<L>, max: number): [L, Following][] {
  const batch: [L, Following][] = [];
  while (batch.length < max) {
    const { value, done } = rest.next();
    if (done) break;
    const [, { frame, dirtySince }] = value;
    if (frame === delta.prev && dirtySince === null) batch.push(value);
  }
  return batch;
}
