import type { LiveList } from '../live-list';
import type { Outlet, Sent } from '../outlet';
import { BEGINNING } from '../position';
import type { SlowListeners } from '../slow-listeners';
import type { Staleness } from '../staleness';
import type { Watcher } from './watcher';

/** Sends watchers what they lack. Who lacks the same is sent the same frame, made once. */
export class WatchSender<L> {
  /** Frames of this moment, by what they hold: void as soon as anything changes. */
  private readonly frames = new Map<string, Sent>();

  constructor(
    private readonly list: LiveList,
    private readonly outlet: Outlet<L>,
    private readonly slow: SlowListeners<L>,
    private readonly staleness: Staleness,
  ) {}

  /** What was made before must not be sent any more. */
  changed(): void {
    this.frames.clear();
  }

  /** Sends each what it lacks: who lacks the same, in one broadcast. */
  deliver(batch: readonly Watcher<L>[], now: number): void {
    const groups: { sent: Sent; listeners: L[] }[] = [];
    for (const watcher of batch) {
      if (this.outlet.queued(watcher.listener) > 0) {
        this.slow.note(watcher.listener, now);
        continue;
      }
      const sent = this.nextOf(watcher);
      // Not a map: an object as its key is given a hash, which costs more than making the frame.
      const group = groups.find((each) => each.sent === sent);
      if (group) group.listeners.push(watcher.listener);
      else groups.push({ sent, listeners: [watcher.listener] });
      watcher.spokeAt = now;
    }
    for (const { sent, listeners } of groups) {
      for (const busy of this.outlet.broadcast(sent, listeners)) this.outlet.send(sent, busy);
    }
  }

  /** The watcher's next frame: that of another one that lacks the same, where there is one. */
  private nextOf(watcher: Watcher<L>): Sent {
    if (watcher.added.length > 0) return { event: 'delta', frame: watcher.next() };
    const key = watcher.nextKey();
    const known = this.frames.get(key);
    if (known) {
      watcher.arrive();
      return known;
    }
    const sent: Sent = { event: 'delta', frame: watcher.next() };
    this.frames.set(key, sent);
    return sent;
  }

  /** Sends each what it lacks, and a heartbeat. */
  deliverWithHeartbeat(batch: readonly Watcher<L>[], now: number): void {
    this.deliver(
      batch.filter((watcher) => watcher.isBehind),
      now,
    );
    for (const watcher of batch) this.sendHeartbeat(watcher, now);
  }

  sendHeartbeat(watcher: Watcher<L>, now: number): void {
    const { listener } = watcher;
    watcher.owesHeartbeat = this.outlet.queued(listener) > 0;
    if (watcher.owesHeartbeat) return this.slow.note(listener, now);
    watcher.position = this.list.position ?? BEGINNING;
    const key = `heartbeat ${watcher.audience} ${watcher.frame} ${now}`;
    const sent = this.frames.get(key) ?? { event: 'heartbeat', frame: watcher.heartbeat(now, this.staleness) };
    this.frames.set(key, sent);
    for (const busy of this.outlet.broadcast(sent, [listener])) this.outlet.send(sent, busy);
    watcher.spokeAt = now;
  }
}
