import { randomUUID } from 'node:crypto';
import type { Marquee } from './marquee';
import { ForeignProducer, event } from './producer';

const STEP_MS = 50;
const COUNTS_PER_STEP = 20;

/** What must be known of a session once all is taken. */
export interface Said {
  title: string;
  status: 'live' | 'ended';
  viewer_count: number | null;
  max_viewers: number | null;
}

/** Somebody else's platform that never rests: sessions start, change, are counted and end, and it knows what it said. */
export class SteadyPlatform {
  readonly said = new Map<string, Said>();
  /** Of sessions' lives; each has a row in the event log. */
  lifeEvents = 0;
  counts = 0;
  private producer: ForeignProducer;
  private step = 0;
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly marquee: Marquee,
    private readonly sessions: number,
  ) {
    this.producer = new ForeignProducer(marquee);
  }

  async begin(): Promise<void> {
    await this.producer.connect();
    await this.live(Array.from({ length: this.sessions }, () => this.start()));
    this.goOn();
  }

  /** Learns of partitions that were added: a producer that is there already would use the old ones for minutes. */
  async lookAgain(): Promise<void> {
    await this.rest();
    await this.producer.close();
    this.producer = new ForeignProducer(this.marquee);
    await this.producer.connect();
    this.goOn();
  }

  /** Rejects when the broker has refused anything. */
  async rest(): Promise<void> {
    clearInterval(this.timer);
    await this.sending;
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.sending.catch(() => undefined);
    await this.producer.close();
  }

  private goOn(): void {
    this.timer = setInterval(() => {
      this.sending = this.sending.then(() => this.happen());
      this.sending.catch(() => clearInterval(this.timer));
    }, STEP_MS);
  }

  private async happen(): Promise<void> {
    this.step += 1;
    const onAir = [...this.said].filter(([, { status }]) => status === 'live').map(([id]) => id);
    const any = () => onAir[Math.floor(Math.random() * onAir.length)] ?? '';
    const ended = this.step % 4 === 0 ? any() : undefined;
    await this.live([this.rename(any()), ...(ended ? [this.end(ended), this.start()] : [])]);
    const counted = new Set(Array.from({ length: COUNTS_PER_STEP }, any).filter((id) => id !== ended));
    await this.producer.send('viewers', ...[...counted].map((id) => this.count(id)));
  }

  private async live(events: object[]): Promise<void> {
    this.lifeEvents += events.length;
    await this.producer.send('sessions', ...events);
  }

  private start(): object {
    const id = randomUUID();
    const title = `Started at ${this.step}`;
    this.said.set(id, { title, status: 'live', viewer_count: null, max_viewers: null });
    return event('session.started.v1', id, { title });
  }

  private rename(id: string): object {
    const title = `Renamed at ${this.step}`;
    this.know(id).title = title;
    return event('session.updated.v1', id, { title });
  }

  private end(id: string): object {
    this.know(id).status = 'ended';
    return event('session.ended.v1', id);
  }

  private count(id: string): object {
    const viewer_count = Math.floor(Math.random() * 1000);
    const known = this.know(id);
    known.viewer_count = viewer_count;
    known.max_viewers = Math.max(known.max_viewers ?? 0, viewer_count);
    this.counts += 1;
    return event('viewers.counted.v1', id, { viewer_count });
  }

  private know(id: string): Said {
    const known = this.said.get(id);
    if (!known) throw new Error(`nothing was said of ${id}`);
    return known;
  }
}
