import type { ServerResponse } from 'node:http';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Freshness, Position, ProjectionChange, Refusal as Refused, Subscribed } from '#libs/contracts';
import { Desk, type DeskLimits, INTERVALS_MS, type ListQuestion, LiveList } from '#libs/live-list';
import { Metrics } from '#libs/service-host';
import { Gauge } from 'prom-client';
import { presentation } from './presentation';
import { StreamOutlet } from './stream.outlet';

const STEP_MS = 25;
/** Readers that get a frame before others of the process get their turn. */
const SLICE = 500;
const MOST_READERS = 10_000;
const VIEWS = { list: 2000, text: 500, watch: 0 };
/** What one address may have of the views, and of those who wait for one. */
const LIMITS: DeskLimits = {
  viewsPerListener: 1,
  viewsPerAddress: { list: 500, text: 100, watch: 0 },
  waiting: { perAddress: MOST_READERS / 2, inAll: MOST_READERS },
};

/** The readers of streams: where they ask, and from where frames go out to them. */
@Injectable()
export class LiveStreams implements OnModuleInit, OnModuleDestroy {
  readonly list = new LiveList({ presentation, limits: VIEWS, intervalsMs: INTERVALS_MS });
  private readonly readers = new Set<ServerResponse>();
  private readonly outlet = new StreamOutlet();
  private readonly desk = new Desk(this.list, this.outlet, LIMITS);
  private timer: NodeJS.Timeout | undefined;
  private pumping: NodeJS.Immediate | undefined;

  constructor({ registry }: Metrics) {
    const gauge: Gauge = new Gauge({
      name: 'query_stream_readers',
      help: 'Readers of streams that are connected',
      registers: [registry],
      collect: () => gauge.set(this.readers.size),
    });
  }

  onModuleInit(): void {
    this.timer = setInterval(() => this.step(), STEP_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    clearImmediate(this.pumping);
    for (const reader of this.readers) this.outlet.dismiss(reader, 'shutdown');
  }

  get isFull(): boolean {
    return this.readers.size >= MOST_READERS;
  }

  /**
   * A reader asks for a view, and is where it was when it last heard of it. `reply` is called once, before the first
   * event leaves.
   */
  follow(
    reader: ServerResponse,
    address: string,
    question: ListQuestion,
    at: Position | undefined,
    reply: (answer: Subscribed | Refused) => void,
  ): void {
    reader.once('close', () => {
      this.readers.delete(reader);
      this.desk.forget(reader);
    });
    this.readers.add(reader);
    const returning = at ? { at } : {};
    const ask = { listener: reader, address, question, returning, reply };
    this.desk.ask({ ...ask, audience: 'public', hearsReply: false }, Date.now());
    this.pump();
  }

  /** The whole state of the open sessions, as it was at a position. */
  load(changes: Iterable<ProjectionChange>, position: Position): void {
    this.desk.load(changes, position, Date.now());
    this.pump();
  }

  /** The changes that lead to a position. */
  apply(changes: readonly ProjectionChange[], position: Position): void {
    this.desk.apply(changes, position, Date.now());
    this.pump();
  }

  fresh(freshness: Freshness): void {
    this.desk.fanout.setFreshness(freshness, Date.now());
    this.pump();
  }

  private step(): void {
    this.desk.step(Date.now());
    this.pump();
  }

  private pump(): void {
    if (this.pumping || !this.desk.pump(SLICE, Date.now())) return;
    this.pumping = setImmediate(() => {
      this.pumping = undefined;
      this.pump();
    });
  }
}
