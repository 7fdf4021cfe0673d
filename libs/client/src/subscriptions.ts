import type { ConnectionListener, LiveSocket } from './connection';
import type { ViewFrame } from './held-list';
import { type LiveUpdate, Subscription, type Wanted } from './subscription';

/** All live questions of one connection, and the views on it that nobody follows any more. */
export class Subscriptions implements ConnectionListener {
  private readonly members = new Set<Subscription>();
  /** Answers on their way that nobody waits for any more, by view. */
  private readonly orphans = new Map<string, number>();
  /** Views to leave as soon as no question is on its way that might be about them. */
  private readonly leaving = new Set<string>();
  private socket: LiveSocket | undefined;

  connected(socket: LiveSocket): void {
    this.socket = socket;
    this.orphans.clear();
    this.leaving.clear();
    for (const subscription of this.members) subscription.connect(socket);
  }

  disconnected(): void {
    this.socket = undefined;
    for (const subscription of this.members) subscription.disconnect();
  }

  received(frame: ViewFrame): void {
    if (this.isOrphan(frame)) return;
    for (const subscription of this.members) subscription.take(frame);
  }

  /** Asks as soon as there is a connection, and at each new one. */
  open(wanted: Wanted, onChange: (update: LiveUpdate) => void): Subscription {
    const subscription = new Subscription(
      wanted,
      onChange,
      (view, hasFrame) => {
        if (hasFrame) this.orphans.set(view, (this.orphans.get(view) ?? 0) + 1);
        this.leaving.add(view);
        this.leave();
      },
      () => this.leave(),
    );
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

  /** Ends all of them; the connection is about to end. */
  close(): void {
    for (const subscription of this.members) subscription.close();
    this.members.clear();
    this.socket = undefined;
  }

  /** Leaves the views that no subscription follows any more; a question on its way may yet turn out to be one. */
  private leave(): void {
    const members = [...this.members];
    if (members.some(({ isAsking }) => isAsking)) return;
    for (const view of this.leaving) {
      if (!members.some(({ held }) => held.view === view)) this.socket?.emit('unsubscribe', { view }, () => undefined);
    }
    this.leaving.clear();
  }

  private isOrphan({ event, frame }: ViewFrame): boolean {
    const left = this.orphans.get(frame.view) ?? 0;
    const isAnswer = event === 'snapshot' || (event === 'delta' && frame.prev === null);
    if (left === 0 || !isAnswer) return false;
    this.orphans.set(frame.view, left - 1);
    return true;
  }
}
