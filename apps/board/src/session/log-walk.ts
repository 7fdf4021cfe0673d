import { type Asking, type RestAnswer, askRest, atCursor } from '../api/rest';
import type { LoggedEvent } from './timeline';

/** Of a longer log the rest is at the same path, by its cursor. */
const MOST_EVENTS = 1000;

export interface KnownLog {
  events: LoggedEvent[];
  /** There are more events than these. */
  isCut: boolean;
}

interface EventsAnswer {
  events: LoggedEvent[];
  next_cursor: string | null;
}

/** Reads a log page by page. It only grows at its end: pages that are full are not asked for again. */
export class LogWalk {
  private events: readonly LoggedEvent[] = [];
  private cursor: string | null = null;

  readonly askOn = async (path: string, asking: Asking): Promise<RestAnswer<KnownLog>> => {
    for (;;) {
      const before = this.events;
      const answer = await askRest<EventsAnswer>(atCursor(path, this.cursor), asking);
      if (!answer.ok) return answer;
      const events = [...before, ...answer.data.events];
      const next = answer.data.next_cursor;
      if (next === null || events.length >= MOST_EVENTS) {
        return { ...answer, data: { events, isCut: next !== null } };
      }
      this.events = events;
      this.cursor = next;
    }
  };
}
