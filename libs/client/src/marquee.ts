import type { ViewQueryInput } from '#libs/contracts';
import type { OnChange } from './callers';
import { Connection } from './connection';
import type { ConnectionState, ConnectionStatus } from './connection-status';
import { DoorProducer } from './emit/door-producer';
import type { Emitted } from './emit/emitted';
import { Emitter } from './emit/emitter';
import type { EventInput } from './emit/event';
import { Http, type HttpOptions } from './http/http';
import { SessionList } from './list/session-list';
import type { SessionQuery } from './list/session-query';
import type { Live } from './live';
import { LiveLists } from './live-lists';
import { Subscriptions } from './subscriptions';
import { Watch } from './watch';

/** Each address is that of one service, `http://` or `https://`; what needs one that is not given throws a TypeError. */
export interface MarqueeOptions extends HttpOptions {
  /** The gateway's, for `live` and `watch`. */
  gateway?: string;
  /** The query service's, for `list`. */
  api?: string;
  /** The lifecycle service's, for `emit`. */
  events?: string;
  /** Who sends, for `emit`: the `source` of the events that name none. */
  source?: string;
  /** Sent in the handshake and with requests; may show more to its bearer. */
  token?: string;
}

const IDLE: ConnectionStatus = { state: 'idle' };
const CLOSED: ConnectionStatus = { state: 'closed' };

export interface Abortable {
  signal?: AbortSignal;
}

/** A client of Marquee: one connection for all its live lists, made with the first; requests for the rest. */
export class Marquee {
  private readonly subscriptions = new Subscriptions();
  private readonly lists = new LiveLists(this.subscriptions);
  private readonly watches = new Watch(this.subscriptions);
  private connection: Connection | undefined;
  private isClosed = false;
  private readonly http: Http;
  private readonly emitter: Emitter;

  constructor(private readonly options: MarqueeOptions) {
    const { events, source } = options;
    this.http = new Http(options);
    const door = events === undefined ? undefined : new DoorProducer(this.http, events);
    this.emitter = new Emitter(source, (built, signal) => needed(door, 'emit', 'events').send(built, signal));
  }

  /** Without a gateway: `closed`. */
  get state(): ConnectionState {
    return this.status.state;
  }

  /** The state, and why it is not connected: `trouble`, `detail`, and `retryAt`, when it tries again. */
  get status(): ConnectionStatus {
    return this.connection?.status ?? (this.options.gateway === undefined || this.isClosed ? CLOSED : IDLE);
  }

  /** Calls back with every new state, and with the present one at once. Gives what ends that. */
  onState(watcher: (state: ConnectionState) => void): () => void {
    return this.connected('onState').onState(watcher);
  }

  /** As `onState`, with the whole status; also when another try has failed. */
  onStatus(watcher: (status: ConnectionStatus) => void): () => void {
    return this.connected('onStatus').onStatus(watcher);
  }

  /**
   * Keeps the answer of a query live. `onChange` is called with each change, from the first answer on. Who asks the
   * same shares one view of the gateway.
   */
  live(query: ViewQueryInput, onChange: OnChange): Live {
    this.connected('live');
    return this.lists.live(query, onChange);
  }

  /**
   * Keeps these sessions live, whatever list they are in, with exact counts. There may be several watches, of 200
   * different ids together; more, or none, throws a `WatchLimitError`.
   */
  watch(ids: readonly string[], onChange: OnChange): Live {
    this.connected('watch');
    return this.watches.watch(ids, onChange);
  }

  /** The sessions that answer a query, past ones included: `for await`, `.pages()` or `.page(n)`. Rejects with a `MarqueeError`. */
  list(query: SessionQuery = {}, { signal }: Abortable = {}): SessionList {
    return new SessionList(this.http, needed(this.options.api, 'list', 'api'), query, signal);
  }

  /**
   * Sends one event or many. Resolves once all are acknowledged by all replicas; a request that fails on the way is
   * made again with the same ids, which counts once. Rejects with an `EmitError`.
   */
  emit(event: EventInput, options?: Abortable): Promise<Emitted>;
  emit(events: readonly EventInput[], options?: Abortable): Promise<Emitted[]>;
  emit(given: EventInput | readonly EventInput[], { signal }: Abortable = {}): Promise<Emitted | Emitted[]> {
    return this.emitter.emit(given, signal);
  }

  /** Ends the connection and all that is live on it. */
  close(): void {
    this.isClosed = true;
    this.subscriptions.close();
    this.connection?.close();
  }

  /** The connection, made when it is first needed. */
  private connected(what: string): Connection {
    const url = needed(this.options.gateway, what, 'gateway');
    if (this.isClosed) throw new TypeError(`${what}: this client is closed`);
    this.connection ??= new Connection({ url, token: this.options.token }, this.subscriptions);
    return this.connection;
  }
}

function needed<T>(value: T | undefined, what: string, option: string): T {
  if (value === undefined) throw new TypeError(`${what} needs the option ${option}, the address of its service`);
  return value;
}
