import { RawSocketIo } from '../../test/given/raw-socket-io';
import { type Returning, rowText } from './returning';

export interface StockClientOptions {
  url: () => string;
  awayMs: number;
  /** Only when it comes for the first time; else whenever it comes. */
  asksOnce: boolean;
  changed: () => void;
}

interface Row {
  id: string;
  title: string | null;
  viewer_count: number | null;
}

const JITTER_MS = 500;

/** A client of Socket.IO as it comes: asks for the list, then takes every change that reaches it. */
export class StockClient implements Returning {
  readonly wrongs: string[] = [];
  bytes = 0;
  isFollowing = false;
  private readonly held = new Map<string, Row>();
  private socket: RawSocketIo | undefined;
  private hasAsked = false;

  constructor(private readonly options: StockClientOptions) {
    this.connect();
  }

  rows(): string[] {
    return [...this.held.values()].map((row) => rowText(row));
  }

  cut(): void {
    this.socket?.websocket.cut();
  }

  private connect(): void {
    const socket = new RawSocketIo(
      { url: this.options.url(), deflates: true },
      {
        connected: () => this.arrive(socket),
        pushed: (bytes, decode) => {
          this.bytes += bytes;
          this.take(decode());
        },
        closed: () => this.lose(),
      },
    );
    this.socket = socket;
  }

  private arrive(socket: RawSocketIo): void {
    if (this.hasAsked && this.options.asksOnce) return this.follow();
    this.hasAsked = true;
    socket.emit('list', null, (rows) => {
      this.bytes += JSON.stringify(rows).length;
      this.held.clear();
      for (const row of rows as Row[]) this.held.set(row.id, row);
      this.follow();
    });
  }

  private follow(): void {
    this.isFollowing = true;
    this.options.changed();
  }

  private take([event, row]: unknown[]): void {
    const { id } = row as Row;
    if (event === 'change') this.held.set(id, row as Row);
    if (event === 'remove') this.held.delete(id);
  }

  private lose(): void {
    this.isFollowing = false;
    setTimeout(() => this.connect(), this.options.awayMs + Math.random() * JITTER_MS);
  }
}
