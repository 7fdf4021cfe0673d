import type { ConnectionListener } from './connection';
import { type FrameOutcome, type Report, bytesOf } from './debug';
import type { Asker } from './live-socket';
import type { LiveUpdate, StaleReason } from './live-update';
import type { Outcome, ViewFrame } from './protocol/held-list';
import { Subscription, type Wanted } from './subscription';

/** All live questions of one connection, and the views on it that nobody follows any more. */
export class Subscriptions implements ConnectionListener {
  private readonly members = new Set<Subscription>();
  /** Answers on their way that nobody waits for any more, by view. */
  private readonly orphans = new Map<string, number>();
  /** Views to leave as soon as no question is on its way that might be about them. */
  private readonly leaving = new Set<string>();
  private socket: Asker | undefined;

  /** `report`: undefined, nobody listens to what happens. */
  constructor(private readonly report?: Report) {}

  get isFollowing(): boolean {
    return [...this.members].some((subscription) => subscription.isFollowing);
  }

  connected(socket: Asker): void {
    this.socket = socket;
    this.orphans.clear();
    this.leaving.clear();
    for (const subscription of this.members) subscription.connect(socket);
  }

  disconnected(why: StaleReason = 'disconnected'): void {
    this.socket = undefined;
    for (const subscription of this.members) subscription.disconnect(why);
  }

  received(frame: ViewFrame): void {
    const outcomes = this.isOrphan(frame) ? [] : Array.from(this.members, (subscription) => subscription.take(frame));
    this.report?.({
      type: 'frame',
      event: frame.event,
      frame: frame.frame,
      bytes: bytesOf(frame.event, frame.frame),
      outcome: this.outcomeOf(frame, outcomes),
    });
  }

  renewed(): void {
    for (const subscription of this.members) subscription.renew();
  }

  /** Asks as soon as there is a connection, and at each new one. */
  open(wanted: Wanted, onChange: (update: LiveUpdate) => void): Subscription {
    const subscription = new Subscription(wanted, {
      onChange,
      onOrphan: (view, hasFrame) => {
        if (hasFrame) this.orphans.set(view, (this.orphans.get(view) ?? 0) + 1);
        this.leaving.add(view);
        this.leave();
      },
      onSettled: () => this.leave(),
      report: this.report ?? (() => undefined),
    });
    this.members.add(subscription);
    if (this.socket) subscription.connect(this.socket);
    return subscription;
  }

  end(subscription: Subscription): void {
    if (!this.members.delete(subscription)) return;
    subscription.close();
    const { view, awaited } = subscription.held;
    for (const left of [view, awaited]) if (left !== undefined) this.leaving.add(left);
    this.leave();
  }

  /** Ends all of them, and says so; the connection is about to end. */
  close(): void {
    this.socket = undefined;
    const members = [...this.members];
    this.members.clear();
    for (const subscription of members) subscription.end();
  }

  /** Leaves the views that no subscription follows any more; a question on its way may yet turn out to be one. */
  private leave(): void {
    const members = [...this.members];
    if (this.leaving.size === 0 || members.some(({ isAsking }) => isAsking)) return;
    for (const view of this.leaving) {
      if (!members.some(({ held }) => held.view === view)) this.socket?.emit('unsubscribe', { view }, () => undefined);
    }
    this.leaving.clear();
    for (const subscription of members) subscription.retryForRoom();
  }

  private isOrphan({ event, frame }: ViewFrame): boolean {
    const left = this.orphans.get(frame.view) ?? 0;
    const isAnswer = event === 'snapshot' || (event === 'delta' && frame.prev === null);
    if (left === 0 || !isAnswer) return false;
    this.orphans.set(frame.view, left - 1);
    return true;
  }

  private outcomeOf({ event, frame }: ViewFrame, outcomes: readonly Outcome[]): FrameOutcome {
    if (outcomes.includes('ask')) return event === 'left' ? 'applied' : 'gap';
    const isHeartbeat = event === 'heartbeat' && [...this.members].some(({ held }) => held.view === frame.view);
    return isHeartbeat || event === 'reset' || outcomes.includes('changed') ? 'applied' : 'dropped';
  }
}
