import type { Emitted } from './emitted';
import type { CloudEvent, EventInput } from './event';
import { EventBuilder } from './event-builder';

export type Send = (events: readonly CloudEvent[], signal?: AbortSignal) => Promise<Emitted[]>;

/** Builds events and hands them on, whatever the way: one gives one, several give several, in order. */
export class Emitter {
  private readonly builder: EventBuilder;

  constructor(
    source: string | undefined,
    private readonly send: Send,
  ) {
    this.builder = new EventBuilder(source);
  }

  emit(event: EventInput, signal?: AbortSignal): Promise<Emitted>;
  emit(events: readonly EventInput[], signal?: AbortSignal): Promise<Emitted[]>;
  emit(given: EventInput | readonly EventInput[], signal?: AbortSignal): Promise<Emitted | Emitted[]>;
  async emit(given: EventInput | readonly EventInput[], signal?: AbortSignal): Promise<Emitted | Emitted[]> {
    const isOne = 'type' in given;
    const events = (isOne ? [given] : given).map((input) => this.builder.build(input));
    const emitted = await this.send(events, signal);
    const [first] = emitted;
    if (!isOne) return emitted;
    if (!first) throw new Error('an event was sent, and nothing told where it stands');
    return first;
  }
}
