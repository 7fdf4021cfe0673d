import { type Pauses, againAfterMs, isPassing } from '../api/again';
import { type RestAnswer, type RestRefusal, askRest, atCursor } from '../api/rest';
import { type Row, rowOfSession } from '../live/row';
import type { RestSession } from '../sdk';

interface Page {
  sessions: RestSession[];
  total: number;
  total_exact: boolean;
  next_cursor: string | null;
}

/** What a walk through a list of REST has come to. */
export interface Walked {
  rows: readonly Row[];
  total: number;
  isTotalExact: boolean;
  isStale: boolean;
  /** No page is known: the first one has not come, or was refused. */
  isEmpty: boolean;
  /** Why the next page has not come. */
  refusal: RestRefusal | undefined;
}

const PAUSES: Pauses = { firstMs: 2000, longestMs: 60_000 };
const NOTHING: Walked = {
  rows: [],
  total: 0,
  isTotalExact: true,
  isStale: false,
  isEmpty: true,
  refusal: undefined,
};

/**
 * A list of REST, page after page as they are wanted. A page that cannot be had now is asked again after a pause. Where
 * the server has forgotten the walk it is begun anew; what it had come to stays below what it comes to now.
 */
export class RestWalk {
  private readonly aborter = new AbortController();
  private walked = NOTHING;
  /** Those that this walk has come to, and those that the one before had. */
  private fresh: readonly Row[] = [];
  private before: readonly Row[] = [];
  /** Of the next page; undefined: it is the first, null: there is none. */
  private cursor: string | null | undefined;
  private isAsking = false;
  /** How many pages were refused one after the other. */
  private refusals = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly path: string,
    private readonly tell: (walked: Walked) => void,
  ) {}

  /** The next page, unless it is on its way. */
  more(): void {
    if (this.isAsking || this.cursor === null) return;
    this.isAsking = true;
    this.ask().catch(() => undefined);
  }

  close(): void {
    this.aborter.abort();
    clearTimeout(this.timer);
  }

  /** Rejects when the walk is closed. */
  private async ask(): Promise<void> {
    const { signal } = this.aborter;
    const answer = await askRest<Page>(atCursor(this.path, this.cursor), { signal });
    signal.throwIfAborted();
    if (answer.ok) this.take(answer);
    else this.refuse(answer.refusal);
  }

  private take({ data, isStale }: RestAnswer<Page> & { ok: true }): void {
    // A walk that is forgotten again and again is not begun anew without a pause.
    if (this.cursor !== undefined) this.refusals = 0;
    this.fresh = [...this.fresh, ...data.sessions.map(rowOfSession)];
    this.cursor = data.next_cursor;
    const known = new Set(this.fresh.map(({ id }) => id));
    this.before = this.cursor === null ? [] : this.before.filter(({ id }) => !known.has(id));
    this.isAsking = false;
    const { total, total_exact: isTotalExact } = data;
    const rows = [...this.fresh, ...this.before];
    this.become({ rows, total, isTotalExact, isStale, isEmpty: false, refusal: undefined });
  }

  private refuse(refusal: RestRefusal): void {
    const isForgotten = refusal.code === 'cursor_expired' && this.cursor !== undefined;
    this.refusals += 1;
    if (isForgotten) {
      [this.before, this.fresh, this.cursor] = [this.walked.rows, [], undefined];
      if (this.refusals === 1) return void this.ask().catch(() => undefined);
    }
    this.become({ ...this.walked, refusal });
    if (!isForgotten && !isPassing(refusal)) return;
    const pauseMs = againAfterMs(this.refusals, PAUSES, refusal.retryAfterMs);
    this.timer = setTimeout(() => void this.ask().catch(() => undefined), pauseMs);
  }

  private become(walked: Walked): void {
    this.walked = walked;
    this.tell(walked);
  }
}
