import { type Socket, io } from 'socket.io-client';

interface Row {
  id: string;
  title: string | null;
  viewer_count: number | null;
  max_viewers: number | null;
  version: number;
  [key: string]: unknown;
}
interface Snapshot {
  view: string;
  frame: number;
  total: number;
  sessions: Row[];
}
interface Delta {
  view: string;
  prev: number | null;
  frame: number;
  total?: number;
  upserts?: Row[];
  removes?: [string, string][];
  counts?: [string, number | null, number | null][];
}
interface Subscribed {
  ok: boolean;
  view: string;
  mode: string;
}

/**
 * A browser written by somebody who only read the protocol: a stock socket.io-client and the client rule, in its
 * shortest form (what does not fit leads to a new `subscribe`).
 */
export class LiveClient {
  readonly socket: Socket;
  readonly held = new Map<string, Row>();
  readonly removed = new Map<string, string>();
  total = 0;
  private view = '';
  private frame = -1;
  private asking = false;

  constructor(
    url: string,
    private readonly query: object = {},
  ) {
    this.socket = io(url, { transports: ['websocket'], forceNew: true });
    this.socket.on('connect', () => this.subscribe());
    this.socket.on('snapshot', (snapshot: Snapshot) => this.take(snapshot));
    this.socket.on('delta', (delta: Delta) => this.apply(delta));
    this.socket.on('heartbeat', (beat: { view: string; frame: number }) => {
      if (!this.asking && beat.view === this.view && beat.frame !== this.frame) this.subscribe();
    });
  }

  close(): void {
    this.socket.close();
  }

  /** Asks anew, without `have`: the answer is a snapshot. The ack comes first, maybe in the same tick as the snapshot. */
  private subscribe(): void {
    this.asking = true;
    this.socket.emit('subscribe', { v: 1, query: this.query }, (answer: Subscribed) => {
      if (answer.ok) this.view = answer.view;
    });
  }

  private take(snapshot: Snapshot): void {
    if (snapshot.view !== this.view) return;
    this.asking = false;
    this.held.clear();
    for (const row of snapshot.sessions) this.held.set(row.id, row);
    this.total = snapshot.total;
    this.frame = snapshot.frame;
  }

  private apply(delta: Delta): void {
    if (this.asking || delta.view !== this.view || delta.frame <= this.frame) return;
    if (delta.prev !== this.frame) {
      this.subscribe();
      return;
    }
    for (const row of delta.upserts ?? []) this.held.set(row.id, row);
    for (const [id, why] of delta.removes ?? []) {
      this.held.delete(id);
      this.removed.set(id, why);
    }
    for (const [id, count, peak] of delta.counts ?? []) {
      const row = this.held.get(id);
      if (row) Object.assign(row, { viewer_count: count, max_viewers: peak });
    }
    this.total = delta.total ?? this.total;
    this.frame = delta.frame;
  }
}
