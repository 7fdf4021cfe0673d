import type { ViewQueryInput } from '#libs/contracts';
import { Callers, type OnChange } from './callers';
import { type AskedQuery, canonicalKey, withDefaults } from './canonical';
import type { Live } from './live';
import { byOrder } from './shown-order';
import type { Subscription } from './subscription';
import type { Subscriptions } from './subscriptions';

/** A query that is followed, and all who want it. */
interface Shared {
  subscription: Subscription;
  callers: Callers<{ onChange: OnChange }>;
}

/** The live lists of one client: who asks the same shares one subscription. */
export class LiveLists {
  private readonly shared = new Map<string, Shared>();

  constructor(private readonly subscriptions: Subscriptions) {}

  live(query: ViewQueryInput, onChange: OnChange): Live {
    const asked = withDefaults(query);
    const key = canonicalKey(asked);
    const shared = this.shared.get(key) ?? this.follow(asked);
    this.shared.set(key, shared);
    const { subscription, callers } = shared;
    const caller = { onChange };
    callers.join(caller, () => subscription.current);
    return {
      get current() {
        return subscription.current;
      },
      close: () => {
        if (!callers.leave(caller) || !callers.isEmpty) return;
        this.shared.delete(key);
        this.subscriptions.end(subscription);
      },
    };
  }

  private follow(asked: AskedQuery): Shared {
    const compare = byOrder(asked);
    const callers: Shared['callers'] = new Callers();
    const subscription = this.subscriptions.open(
      {
        send: (socket, returning, answered) => socket.emit('subscribe', { v: 1, query: asked, ...returning }, answered),
        show: (cards) => ({ sessions: [...cards.values()].sort(compare).slice(0, asked.limit), absent: [] }),
      },
      (update) => callers.tell(() => update),
    );
    return { subscription, callers };
  }
}
