import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { Outlet, Sent } from '#libs/live-list';
import { byeText } from './bye';
import { eventText } from './event-text';

/** A dismissed reader comes again after this, ms, or up to as much later. */
const RETRY_AFTER_MS = 2000;
/** As many readers as a process takes. */
export const MOST_READERS = 10_000;

/** Frames leave as server-sent events; the bytes of a frame are made once for all readers. */
@Injectable()
export class StreamOutlet implements Outlet<ServerResponse> {
  private readonly made = new WeakMap<object, Buffer>();

  broadcast(sent: Sent, to: readonly ServerResponse[]): readonly ServerResponse[] {
    const busy: ServerResponse[] = [];
    for (const reader of to) {
      if (this.queued(reader) > 0) busy.push(reader);
      else this.send(sent, reader);
    }
    return busy;
  }

  send(sent: Sent, to: ServerResponse): void {
    if (!to.writableEnded && !to.destroyed) to.write(this.bytesOf(sent));
  }

  queued(reader: ServerResponse): number {
    return reader.writableLength;
  }

  dismiss(reader: ServerResponse, reason: string): void {
    if (this.queued(reader) > 0) return void reader.destroy();
    reader.end(byeText(reason, RETRY_AFTER_MS));
  }

  private bytesOf(sent: Sent): Buffer {
    const known = this.made.get(sent.frame);
    if (known) return known;
    const bytes = Buffer.from(eventText(sent));
    this.made.set(sent.frame, bytes);
    return bytes;
  }
}
