import type { ServerResponse } from 'node:http';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Position, SocketRefusal, Subscribed } from '#libs/contracts';
import type { ListQuestion } from '#libs/live-list';
import { Metrics } from '#libs/service-host';
import { Gauge } from 'prom-client';
import { QueryFeed } from '../live/query.feed';
import { MOST_READERS, StreamOutlet } from '../live/stream.outlet';

/** The readers of streams that are connected. */
@Injectable()
export class LiveStreams implements OnModuleDestroy {
  private readonly readers = new Set<ServerResponse>();

  constructor(
    private readonly live: QueryFeed,
    private readonly outlet: StreamOutlet,
    { registry }: Metrics,
  ) {
    const gauge: Gauge = new Gauge({
      name: 'marquee_query_stream_readers',
      help: 'Readers of streams that are connected',
      registers: [registry],
      collect: () => gauge.set(this.readers.size),
    });
  }

  onModuleDestroy(): void {
    for (const reader of this.readers) this.outlet.dismiss(reader, 'shutdown');
  }

  get isFull(): boolean {
    return this.readers.size >= MOST_READERS;
  }

  /**
   * A reader asks for a view, and is where it was when it last heard of it. `reply` is called once, before the first
   * event leaves. One that has gone already is not followed: nothing would tell that it has gone.
   */
  follow(
    reader: ServerResponse,
    address: string,
    question: ListQuestion,
    at: Position | undefined,
    reply: (answer: Subscribed | SocketRefusal) => void,
  ): void {
    if (reader.destroyed) return;
    reader.once('close', () => {
      this.readers.delete(reader);
      this.live.forget(reader);
    });
    this.readers.add(reader);
    const ask = { listener: reader, address, question, returning: at ? { at } : {}, reply };
    this.live.ask({ ...ask, audience: 'public', hearsReply: false });
  }
}
