import type { ViewQueryInput } from '#libs/contracts';
import { type Caller, Callers, type OnChange } from './callers';
import { type AskedQuery, canonicalKey, withDefaults } from './canonical';
import type { LiveList } from './live';
import { LOADING, type LiveUpdate, type Shown, closed } from './live-update';
import { byOrder } from './protocol/shown-order';
import type { Subscription } from './subscription';
import type { Subscriptions } from './subscriptions';

interface Follower extends Caller {
  /** What is shown until the query that took the place of another one is answered. */
  previous: Shown | undefined;
}

/** A query that is followed, and all who want it. */
interface Shared {
  key: string;
  subscription: Subscription;
  callers: Callers<Follower>;
}

/** The live lists of one client: who asks the same shares one subscription. */
export class LiveLists {
  private readonly shared = new Map<string, Shared>();

  constructor(private readonly subscriptions: Subscriptions) {}

  live(query: ViewQueryInput, onChange: OnChange): LiveList {
    const follower: Follower = { onChange, previous: undefined };
    let shared = this.join(query, follower);
    let end: LiveUpdate | undefined;
    const current = () => end ?? seenBy(follower, shared.subscription.current);
    return {
      get current() {
        return current();
      },
      change: (next, { keepPrevious = false } = {}) => {
        if (end || canonicalKey(next) === shared.key) return;
        const before = shared;
        follower.previous = keepPrevious ? current() : undefined;
        shared = this.join(next, follower);
        this.leave(before, follower);
      },
      close: () => {
        end ??= closed(current());
        this.leave(shared, follower);
      },
    };
  }

  /** What is held of this query now, whoever follows it. */
  peek(query: ViewQueryInput): LiveUpdate {
    return this.shared.get(canonicalKey(query))?.subscription.current ?? LOADING;
  }

  private join(query: ViewQueryInput, follower: Follower): Shared {
    const asked = withDefaults(query);
    const key = canonicalKey(asked);
    const shared = this.shared.get(key) ?? this.follow(key, asked);
    this.shared.set(key, shared);
    shared.callers.join(follower, () => seenBy(follower, shared.subscription.current));
    return shared;
  }

  private leave({ key, subscription, callers }: Shared, follower: Follower): void {
    if (!callers.leave(follower) || !callers.isEmpty) return;
    this.shared.delete(key);
    this.subscriptions.end(subscription);
  }

  private follow(key: string, asked: AskedQuery): Shared {
    const compare = byOrder(asked);
    const callers: Shared['callers'] = new Callers();
    const subscription = this.subscriptions.open(
      {
        send: (socket, returning, answered) => socket.emit('subscribe', { v: 1, query: asked, ...returning }, answered),
        show: (cards) => ({ sessions: [...cards.values()].sort(compare).slice(0, asked.limit), absent: [] }),
      },
      (update) => callers.tell((follower) => seenBy(follower, update)),
    );
    return { key, subscription, callers };
  }
}

function seenBy(follower: Follower, update: LiveUpdate): LiveUpdate {
  if (update.state !== 'loading') follower.previous = undefined;
  if (!follower.previous || update.state !== 'loading') return update;
  const { sessions, total, absent, at } = follower.previous;
  return { ...update, previous: true, sessions, total, absent, ...(at && { at }) };
}
