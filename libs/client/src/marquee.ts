import type { ViewQueryInput } from '#libs/contracts';
import { Callers, type OnChange } from './callers';
import { canonicalKey } from './canonical';
import { Connection, type ConnectionState } from './connection';
import type { ViewFrame } from './held-list';
import { byOrder } from './shown-order';
import { type LiveUpdate, Subscription, type Wanted } from './subscription';
import { WATCH_LIMIT, WatchLimitError, type Watcher, idsOf, partOf, unionOf } from './watched';

export interface MarqueeOptions {
  /** The gateway's address, `http://` or `https://`. */
  gateway: string;
  /** Sent in the handshake; a gateway may show more to its bearer. */
  token?: string;
}

/** A list or a watch that is kept live until it is closed. */
export interface Live {
  /** What was told last. */
  readonly current: LiveUpdate;
  close(): void;
}

/** A query that is followed, and all who want it. */
interface Shared {
  subscription: Subscription;
  callers: Callers<{ onChange: OnChange }>;
}

const DEFAULT_LIMIT = 50;

/** A client of Marquee: one connection for all its live lists. */
export class Marquee {
  private readonly connection: Connection;
  private readonly subscriptions = new Set<Subscription>();
  /** Answers on their way that nobody waits for any more, by view. */
  private readonly orphans = new Map<string, number>();
  /** Views to leave as soon as no question is on its way that might be about them. */
  private readonly leaving = new Set<string>();
  private readonly lists = new Map<string, Shared>();
  private readonly watchers = new Callers<Watcher>();
  private watching: Subscription | undefined;
  /** What the watch asks for at present, and what it was answered for. */
  private asked: ReadonlySet<string> = new Set();
  private answered: ReadonlySet<string> = new Set();

  constructor({ gateway, token }: MarqueeOptions) {
    this.connection = new Connection(
      { url: gateway, token },
      {
        connected: (socket) => {
          this.orphans.clear();
          this.leaving.clear();
          for (const subscription of this.subscriptions) subscription.connect(socket);
        },
        disconnected: () => {
          for (const subscription of this.subscriptions) subscription.disconnect();
        },
        received: (frame) => this.receive(frame),
      },
    );
  }

  get state(): ConnectionState {
    return this.connection.state;
  }

  /** Calls back with every new state, and with the present one at once. Gives what ends that. */
  onState(watcher: (state: ConnectionState) => void): () => void {
    return this.connection.onState(watcher);
  }

  /**
   * Keeps the answer of a query live. `onChange` is called with each change, from the first answer on. Who asks the
   * same shares one view of the gateway.
   */
  live(query: ViewQueryInput, onChange: OnChange): Live {
    const asked = withDefaults(query);
    const key = canonicalKey(asked);
    const shared = this.lists.get(key) ?? this.follow(asked);
    this.lists.set(key, shared);
    const { subscription, callers } = shared;
    const caller = { onChange };
    callers.join(caller, () => subscription.current);
    return {
      get current() {
        return subscription.current;
      },
      close: () => {
        if (!callers.leave(caller) || !callers.isEmpty) return;
        this.lists.delete(key);
        this.end(subscription);
      },
    };
  }

  /**
   * Keeps these sessions live, whatever list they are in, with exact counts. There may be several watches, of 200
   * different ids together; more, or none, throws a `WatchLimitError`.
   */
  watch(ids: readonly string[], onChange: OnChange): Live {
    const watcher: Watcher = { ids: idsOf(ids), onChange };
    const wanted = unionOf([...this.watchers, watcher]).length;
    if (watcher.ids.length === 0 || wanted > WATCH_LIMIT) throw new WatchLimitError(watcher.ids.length && wanted);
    const current = () => this.seenBy(watcher);
    const watching = (this.watching ??= this.open(
      {
        send: (socket, returning, reply) => {
          const union = unionOf(this.watchers);
          this.asked = new Set(union);
          socket.emit('watch', { ids: union, ...returning }, reply);
        },
        show: (cards) => ({ sessions: [...cards.values()], absent: [] }),
      },
      (all) => this.tellWatchers(all),
    ));
    this.watchers.join(watcher, current);
    this.rewatch(watching);
    return {
      get current() {
        return current();
      },
      close: () => {
        if (!this.watchers.leave(watcher)) return;
        if (!this.watchers.isEmpty) return this.rewatch(watching);
        this.watching = undefined;
        this.answered = new Set();
        this.asked = new Set();
        this.end(watching);
      },
    };
  }

  /** Ends the connection and all that is live on it. */
  close(): void {
    for (const subscription of this.subscriptions) subscription.close();
    this.subscriptions.clear();
    this.connection.close();
  }

  private follow(asked: ReturnType<typeof withDefaults>): Shared {
    const compare = byOrder(asked);
    const callers: Shared['callers'] = new Callers();
    const subscription = this.open(
      {
        send: (socket, returning, answered) => socket.emit('subscribe', { v: 1, query: asked, ...returning }, answered),
        show: (cards) => ({ sessions: [...cards.values()].sort(compare).slice(0, asked.limit), absent: [] }),
      },
      (update) => {
        for (const caller of callers) if (callers.has(caller)) caller.onChange(update);
      },
    );
    this.connect(subscription);
    return { subscription, callers };
  }

  private seenBy({ ids }: Watcher): LiveUpdate {
    if (this.watching) return partOf(ids, this.watching.current, this.answered);
    return { state: 'loading', sessions: [], total: 0, removed: [], absent: [] };
  }

  private tellWatchers(all: LiveUpdate): void {
    if (this.watching?.held.phase === 'following') this.answered = this.asked;
    for (const watcher of this.watchers) {
      const update = partOf(watcher.ids, all, this.answered);
      if (this.watchers.has(watcher) && update.state !== 'loading') watcher.onChange(update);
    }
  }

  /** Asks again when what all watch together is not what was asked. */
  private rewatch(watching: Subscription): void {
    const union = unionOf(this.watchers);
    const isAsked = union.length === this.asked.size && union.every((id) => this.asked.has(id));
    if (isAsked) return;
    if (this.asked.size === 0) this.connect(watching);
    else watching.renew();
  }

  private open(wanted: Wanted, onChange: OnChange): Subscription {
    const subscription = new Subscription(
      wanted,
      onChange,
      (view, hasFrame) => {
        if (hasFrame) this.orphans.set(view, (this.orphans.get(view) ?? 0) + 1);
        this.giveUp(view);
      },
      () => this.leave(),
    );
    this.subscriptions.add(subscription);
    return subscription;
  }

  private connect(subscription: Subscription): void {
    const socket = this.connection.connected;
    if (socket) subscription.connect(socket);
  }

  private end(subscription: Subscription): void {
    if (!this.subscriptions.delete(subscription)) return;
    subscription.close();
    const { view, awaited } = subscription.held;
    for (const left of [view, awaited]) if (left !== undefined) this.leaving.add(left);
    this.leave();
  }

  private giveUp(view: string): void {
    this.leaving.add(view);
    this.leave();
  }

  /** Leaves the views that no subscription follows any more; a question on its way may yet turn out to be one. */
  private leave(): void {
    const subscriptions = [...this.subscriptions];
    if (subscriptions.some(({ isAsking }) => isAsking)) return;
    for (const view of this.leaving) {
      if (!subscriptions.some(({ held }) => held.view === view))
        this.connection.connected?.emit('unsubscribe', { view }, () => undefined);
    }
    this.leaving.clear();
  }

  private receive(received: ViewFrame): void {
    if (this.isOrphan(received)) return;
    for (const subscription of this.subscriptions) subscription.take(received);
  }

  private isOrphan({ event, frame }: ViewFrame): boolean {
    const left = this.orphans.get(frame.view) ?? 0;
    const isAnswer = event === 'snapshot' || (event === 'delta' && frame.prev === null);
    if (left === 0 || !isAnswer) return false;
    this.orphans.set(frame.view, left - 1);
    return true;
  }
}

/** Said outright, since the order in which cards are shown follows from it. The gateway's defaults are the same. */
function withDefaults(query: ViewQueryInput) {
  const isScheduled = query.status !== undefined && ![query.status].flat().includes('live');
  const sort = query.sort ?? (isScheduled ? 'scheduled_start_time' : 'started_at');
  const order = query.order ?? (sort === 'scheduled_start_time' ? 'asc' : 'desc');
  return { ...query, sort, order, limit: query.limit ?? DEFAULT_LIMIT };
}
