import type { CloudEvent, EventInput } from './event';
import { newId } from './new-id';

/** As many subjects are remembered; one that has been silent for longest is forgotten first. */
const REMEMBERED = 50_000;

/**
 * Makes CloudEvents whose order per subject is the order in which they were made: times that are not given grow
 * strictly, whatever the clock does, and the sequence orders those that the broker's clock puts into one millisecond.
 */
export class EventBuilder {
  private readonly lastMs = new Map<string, number>();
  private sequence: number;

  constructor(
    private readonly source: string | undefined,
    private readonly now: () => number = Date.now,
  ) {
    // So that a restarted process goes on above what it sent before.
    this.sequence = now() * 1000;
  }

  build(input: EventInput): CloudEvent {
    const source = input.source ?? this.source;
    if (source === undefined) throw new TypeError('an event needs a source: its own, or that of the client');
    return {
      ...input,
      specversion: '1.0',
      id: input.id ?? newId(),
      source,
      time: this.timeOf(input),
      sequence: String(input.sequence ?? (this.sequence += 1)),
    };
  }

  private timeOf({ subject, time }: EventInput): string {
    if (typeof time === 'string') return time;
    if (time !== undefined) return new Date(time).toISOString();
    const key = subject.toLowerCase();
    const ms = Math.max(this.now(), (this.lastMs.get(key) ?? 0) + 1);
    this.lastMs.delete(key);
    this.lastMs.set(key, ms);
    const [oldest] = this.lastMs.keys();
    if (this.lastMs.size > REMEMBERED && oldest !== undefined) this.lastMs.delete(oldest);
    return new Date(ms).toISOString();
  }
}
