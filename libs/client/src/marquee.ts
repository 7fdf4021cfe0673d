import type { RestSession, Stats, ViewQueryInput } from '#libs/contracts';
import type { OnChange } from './callers';
import { Connection } from './connection';
import type { ConnectionState, ConnectionStatus } from './connection-status';
import type { DebugEvent, Report } from './debug';
import { DoorProducer } from './emit/door-producer';
import type { Emitted } from './emit/emitted';
import { Emitter } from './emit/emitter';
import type { EventInput } from './emit/event';
import { Http, type HttpOptions } from './http/http';
import { SessionList } from './list/session-list';
import type { SessionQuery } from './list/session-query';
import type { Live, LiveList } from './live';
import { LiveLists } from './live-lists';
import { LOADING, type LiveUpdate, closed } from './live-update';
import { type Answered, Lookups, type ViewersHistory, type ViewersRange } from './lookup/lookups';
import { Subscriptions } from './subscriptions';
import type { TokenSource } from './token-source';
import { callOut } from './uncaught';
import { Watch } from './watch';

/** Each address is that of one service, `http://` or `https://`; what needs one that is not given throws a TypeError. */
export interface MarqueeOptions extends HttpOptions {
  /** The gateway's, for `live` and `watch`. */
  gateway?: string;
  /** The query service's, for `list`, `get`, `stats`, `viewers` and `room`. */
  api?: string;
  /** The lifecycle service's, for `emit`. */
  events?: string;
  /** Who sends, for `emit`: the `source` of the events that name none. */
  source?: string;
  /**
   * May show more to its bearer. A function is asked at each connection and each request, and again a minute before the
   * token ends; null, undefined and an empty text: nobody is logged in.
   */
  token?: TokenSource;
  /** How long a page is hidden before its connection is let go, until it is shown again. Default: 300 000; false: never. */
  letGoHiddenAfterMs?: number | false;
  /** Called with all that happens on the wire, as it happens. */
  debug?: (event: DebugEvent) => void;
}

export interface Abortable {
  signal?: AbortSignal;
}

/** A client of Marquee: one connection for all its live lists, made with the first; requests for the rest. */
export class Marquee {
  private readonly subscriptions: Subscriptions;
  private readonly lists: LiveLists;
  private readonly watches: Watch;
  private readonly connection: Connection;
  private isClosed = false;
  private readonly http: Http;
  private readonly emitter: Emitter;

  constructor(private readonly options: MarqueeOptions) {
    const { events, source, gateway: url, debug } = options;
    const report: Report | undefined = debug && ((event) => callOut(() => debug({ time: Date.now(), ...event })));
    this.http = new Http(options);
    const door = events === undefined ? undefined : new DoorProducer(this.http, events);
    this.emitter = new Emitter(source, (built, signal) => needed(door, 'emit', 'events').send(built, signal));
    this.subscriptions = new Subscriptions(report);
    this.lists = new LiveLists(this.subscriptions);
    this.watches = new Watch(this.subscriptions);
    this.connection = new Connection({ ...options, url }, this.subscriptions, { report });
  }

  /** `idle` until the first list or watch. Without a gateway: `closed`. */
  get state(): ConnectionState {
    return this.status.state;
  }

  /** The state, and why it is not connected: `trouble`, `detail`, and `retryAt`, when it tries again. */
  get status(): ConnectionStatus {
    return this.connection.status;
  }

  /** Calls back with every new state, and with the present one at once; connects nothing. Gives what ends that. */
  onState(watcher: (state: ConnectionState) => void): () => void {
    return this.connection.watchers.onState(watcher);
  }

  /** As `onState`, with the whole status; also when another try has failed. */
  onStatus(watcher: (status: ConnectionStatus) => void): () => void {
    return this.connection.watchers.onStatus(watcher);
  }

  /**
   * Keeps the answer of a query live. `onChange` is called with what is known now, then with each change. Who asks the
   * same shares one view of the gateway.
   */
  live(query: ViewQueryInput, onChange: OnChange): LiveList {
    return this.isOpen('live') ? this.lists.live(query, onChange) : ended(onChange);
  }

  /** What is held of a query now, without following it; `loading` if nobody follows it. */
  peek(query: ViewQueryInput): LiveUpdate {
    return this.isClosed ? closed(LOADING) : this.lists.peek(query);
  }

  /**
   * Keeps these sessions live, whatever list they are in, with exact counts. There may be several watches, of 200
   * different ids together; the one that goes beyond is `refused` until there is room. One that names what is no UUID is
   * `refused` for good, and no other.
   */
  watch(ids: readonly string[], onChange: OnChange): Live {
    return this.isOpen('watch') ? this.watches.watch(ids, onChange) : ended(onChange);
  }

  /** Somebody has logged in or out: asks the option `token` anew, and with what it gives all that is live. */
  tokenChanged(): void {
    this.connection.renewToken();
  }

  /** The sessions that answer a query, past ones included: `for await`, `.pages()` or `.page(n)`. Rejects with a `MarqueeError`. */
  list(query: SessionQuery = {}, { signal }: Abortable = {}): SessionList {
    const api = needed(this.options.api, 'list', 'api');
    return new SessionList(this.http, { api, path: '/sessions' }, query, signal);
  }

  /** As `list`, the sessions of one room. */
  room(id: string, query: Omit<SessionQuery, 'room_id'> = {}, { signal }: Abortable = {}): SessionList {
    const api = needed(this.options.api, 'room', 'api');
    return new SessionList(this.http, { api, path: `/rooms/${encodeURIComponent(id)}/sessions` }, query, signal);
  }

  /** One session, whatever its state. Rejects with a `MarqueeError`, of the code `not_found` if there is none. */
  get(id: string, { signal }: Abortable = {}): Promise<RestSession & Answered> {
    return this.lookups('get', signal).session(id);
  }

  /** How many sessions there are, by status, and how many watch. */
  stats({ signal }: Abortable = {}): Promise<Stats & Answered> {
    return this.lookups('stats', signal).stats();
  }

  /** How many watched a session, over time. */
  viewers(id: string, range: ViewersRange = {}, { signal }: Abortable = {}): Promise<ViewersHistory> {
    return this.lookups('viewers', signal).viewers(id, range);
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

  /** Ends the connection and all that is live on it, which is told so. */
  close(): void {
    this.isClosed = true;
    this.subscriptions.close();
    this.connection.close();
  }

  /** Connects, if it is not closed; whether it is not. */
  private isOpen(what: string): boolean {
    needed(this.options.gateway, what, 'gateway');
    if (!this.isClosed) this.connection.open();
    return !this.isClosed;
  }

  private lookups(what: string, signal: AbortSignal | undefined): Lookups {
    return new Lookups(this.http, needed(this.options.api, what, 'api'), signal);
  }
}

function needed<T>(value: T | undefined, what: string, option: string): T {
  if (value === undefined) throw new TypeError(`${what} needs the option ${option}, the address of its service`);
  return value;
}

/** What a closed client gives. */
function ended(onChange: OnChange): LiveList {
  const current = closed(LOADING);
  let isLeft = false;
  queueMicrotask(() => {
    if (!isLeft) callOut(() => onChange(current));
  });
  return {
    current,
    change: () => undefined,
    close: () => {
      isLeft = true;
    },
  };
}
