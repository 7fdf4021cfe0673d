import type { ViewQueryInput } from '#libs/contracts';
import { Connection, type ConnectionState } from './connection';
import type { ViewFrame } from './held-list';
import { byOrder } from './shown-order';
import { type LiveUpdate, Subscription, type Wanted } from './subscription';

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

const DEFAULT_LIMIT = 50;

/** A client of Marquee: one connection for all its live lists. */
export class Marquee {
  private readonly connection: Connection;
  private readonly subscriptions = new Set<Subscription>();
  /** Answers on their way that nobody waits for any more, by view. */
  private readonly orphans = new Map<string, number>();

  constructor({ gateway, token }: MarqueeOptions) {
    this.connection = new Connection(
      { url: gateway, token },
      {
        connected: (socket) => {
          this.orphans.clear();
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

  /** Keeps the answer of a query live. `onChange` is called with each change, from the first answer on. */
  live(query: ViewQueryInput, onChange: (update: LiveUpdate) => void): Live {
    const asked = withDefaults(query);
    const compare = byOrder(asked);
    return this.open(
      {
        send: (socket, returning, answered) => socket.emit('subscribe', { v: 1, query: asked, ...returning }, answered),
        show: (cards) => ({ sessions: [...cards.values()].sort(compare).slice(0, asked.limit), absent: [] }),
      },
      onChange,
    );
  }

  /** Keeps these sessions live, whatever list they are in, with exact counts. One watch at a time: a new one ends it. */
  watch(ids: readonly string[], onChange: (update: LiveUpdate) => void): Live {
    const wanted = ids.map((id) => id.toLowerCase());
    return this.open(
      {
        send: (socket, returning, answered) => socket.emit('watch', { ids: wanted, ...returning }, answered),
        show: (cards) => ({
          sessions: wanted.flatMap((id) => cards.get(id) ?? []),
          absent: wanted.filter((id) => !cards.has(id)),
        }),
      },
      onChange,
    );
  }

  /** Ends the connection and all that is live on it. */
  close(): void {
    for (const subscription of this.subscriptions) subscription.close();
    this.subscriptions.clear();
    this.connection.close();
  }

  private open(wanted: Wanted, onChange: (update: LiveUpdate) => void): Live {
    const subscription = new Subscription(wanted, onChange, (view, hasFrame) => {
      if (hasFrame) this.orphans.set(view, (this.orphans.get(view) ?? 0) + 1);
      this.giveUp(view);
    });
    this.subscriptions.add(subscription);
    const socket = this.connection.connected;
    if (socket) subscription.connect(socket);
    return {
      get current() {
        return subscription.current;
      },
      close: () => {
        if (!this.subscriptions.delete(subscription)) return;
        subscription.close();
        if (subscription.held.view && subscription.held.phase !== 'asking') this.giveUp(subscription.held.view);
      },
    };
  }

  /** Leaves a view that no subscription follows any more. */
  private giveUp(view: string): void {
    const isFollowed = [...this.subscriptions].some(({ held }) => held.view === view);
    if (!isFollowed) this.connection.connected?.emit('unsubscribe', { view }, () => undefined);
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
