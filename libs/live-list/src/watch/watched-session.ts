import type { Card, RemoveReason } from '#libs/contracts';
import type { LiveState } from '../live-state';
import { sameContent } from '../members';
import type { AudienceName, Presentation } from '../presentation';
import type { Urgency } from '../view';
import type { Watcher } from './watcher';

/**
 * A session that somebody watches, as one audience is shown it, with exact counts: kept once for all who watch it. Each
 * change of what is shown has a number, greater than all before it, so what somebody lacks follows from the number up
 * to which it was told.
 */
export class WatchedSession {
  /** null: it is not open. */
  card: Card | null = null;
  /** Why it is not open. */
  why: RemoveReason = 'gone';
  /** The number of the last change of its content, or of its coming or leaving. */
  contentChange = 0;
  /** The number of the last change of its counts. */
  countChange = 0;
  /** When its watchers were told last, epoch ms. */
  toldAt = -Infinity;
  readonly watchers = new Set<Watcher<unknown>>();
  private revision = -1;

  constructor(
    readonly id: string,
    readonly audience: AudienceName,
    private readonly state: LiveState,
    private readonly presentation: Presentation,
  ) {}

  get lastChange(): number {
    return Math.max(this.contentChange, this.countChange);
  }

  /** Looks at the session anew; how urgent the change is, null when nothing that is shown has changed. */
  read(nextChange: () => number): Urgency | null {
    const { card: before } = this;
    const slot = this.state.slotOf(this.id);
    const input = slot === undefined ? undefined : this.state.inputAt(slot);
    if (slot === undefined || !input) {
      this.why = this.state.whyLeft(this.id) ?? 'gone';
      this.revision = -1;
      this.card = null;
      if (before) this.contentChange = nextChange();
      return before && 'edge';
    }
    const { viewer_count, max_viewers } = this.presentation.counts(input, this.audience);
    const isSame = before !== null && before.viewer_count === viewer_count && before.max_viewers === max_viewers;
    const revision = this.state.revisionAt(slot);
    const isContent = revision !== this.revision;
    if (!isContent && isSame) return null;
    if (!isContent && before) {
      this.card = { ...before, viewer_count, max_viewers };
      this.countChange = nextChange();
      return 'count';
    }
    this.revision = revision;
    const content = this.presentation.card(input, this.audience);
    this.card = { ...content, viewer_count, max_viewers };
    if (before && sameContent(before, content)) {
      if (!isSame) this.countChange = nextChange();
      return isSame ? null : 'count';
    }
    this.contentChange = nextChange();
    return before?.status === content.status ? 'membership' : 'edge';
  }
}
