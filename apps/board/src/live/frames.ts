import type { DebugEvent } from '../sdk';

const KEPT = 60;

/** What happened on the wire, the newest first. */
export class Frames {
  private events: readonly DebugEvent[] = [];
  private readonly lookers = new Set<() => void>();
  /** Of all frames since the page was opened. */
  count = 0;
  bytes = 0;

  take(event: DebugEvent): void {
    if (event.type === 'frame') {
      this.count += 1;
      this.bytes += event.bytes;
    }
    // Nobody looks: keep it, draw nothing.
    this.events = [event, ...this.events.slice(0, KEPT - 1)];
    for (const looker of this.lookers) looker();
  }

  readonly read = (): readonly DebugEvent[] => this.events;

  readonly subscribe = (looker: () => void): (() => void) => {
    this.lookers.add(looker);
    return () => this.lookers.delete(looker);
  };
}

/** Of this page's connection. */
export const frames = new Frames();
