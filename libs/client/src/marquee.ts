import type { ViewQueryInput } from '#libs/contracts';
import type { OnChange } from './callers';
import { Connection, type ConnectionState } from './connection';
import type { Live } from './live';
import { LiveLists } from './live-lists';
import { Subscriptions } from './subscriptions';
import { Watch } from './watch';

export interface MarqueeOptions {
  /** The gateway's address, `http://` or `https://`. */
  gateway: string;
  /** Sent in the handshake; a gateway may show more to its bearer. */
  token?: string;
}

/** A client of Marquee: one connection for all its live lists. */
export class Marquee {
  private readonly subscriptions = new Subscriptions();
  private readonly lists = new LiveLists(this.subscriptions);
  private readonly watches = new Watch(this.subscriptions);
  private readonly connection: Connection;

  constructor({ gateway, token }: MarqueeOptions) {
    this.connection = new Connection({ url: gateway, token }, this.subscriptions);
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
    return this.lists.live(query, onChange);
  }

  /**
   * Keeps these sessions live, whatever list they are in, with exact counts. There may be several watches, of 200
   * different ids together; more, or none, throws a `WatchLimitError`.
   */
  watch(ids: readonly string[], onChange: OnChange): Live {
    return this.watches.watch(ids, onChange);
  }

  /** Ends the connection and all that is live on it. */
  close(): void {
    this.subscriptions.close();
    this.connection.close();
  }
}
