import { instant } from './instant';

/** `2026-01-31T12:34:`; what is left of the time is `56.789Z`, or has up to nine digits behind the point. */
const MINUTE_LENGTH = 17;
const PLAIN_SECONDS = /^[0-5]\d\.\d{3,9}Z$/;

/**
 * Reads times that are written as nearly all are: `2026-01-31T12:34:56.789Z`. Remembers the minute that it read last, for
 * neighbours in a topic are of the same few minutes: each kind of time has a reader of its own.
 */
export class PlainTimes {
  private minute = '';
  /** Epoch ms. */
  private beginsAt = 0;

  /** Epoch ms, exactly as `instant` gives them (digits below are cut); null: ask `instant`. */
  read(time: unknown): number | null {
    if (typeof time !== 'string') return null;
    const rest = time.slice(MINUTE_LENGTH);
    if (!PLAIN_SECONDS.test(rest)) return null;
    const minute = time.slice(0, MINUTE_LENGTH);
    if (minute !== this.minute) {
      const begin = instant.safeParse(`${minute}00.000Z`);
      if (!begin.success) return null;
      this.minute = minute;
      this.beginsAt = begin.data;
    }
    return this.beginsAt + Number(rest.slice(0, 2)) * 1000 + Number(rest.slice(3, 6));
  }
}
