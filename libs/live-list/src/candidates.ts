import type { Columns } from './columns';
import { CONTENT, CLOSED, type LiveState } from './live-state';
import { type ContentMatch, contentMatch } from './match';
import type { Question } from './question';
import { SlotSet } from './slot-set';

/** All sessions that a question asks for. The content is matched again only when it changes, not with each count. */
export class Candidates {
  readonly slots: SlotSet;
  private readonly content = new SlotSet();
  private readonly matches: ContentMatch;
  private readonly minViewers: number | null;

  constructor(
    question: Question,
    private readonly state: LiveState,
    private readonly columns: Columns,
  ) {
    this.matches = contentMatch(question);
    this.minViewers = question.kind === 'list' ? question.min_viewers : null;
    this.slots = this.minViewers === null ? this.content : new SlotSet();
    this.readAll();
  }

  readAll(): void {
    this.content.clear();
    this.slots.clear();
    for (let slot = 0; slot < this.state.capacity; slot += 1) this.read(slot, CONTENT);
  }

  /** Looks at a slot after what happened to it; whether it came in or went out. */
  read(slot: number, flags: number): boolean {
    const before = this.slots.has(slot);
    if (flags & (CONTENT | CLOSED)) {
      const input = this.state.inputAt(slot);
      this.content.set(slot, input !== undefined && this.matches(input));
    }
    if (this.minViewers !== null) this.slots.set(slot, this.content.has(slot) && this.hasViewers(slot));
    return this.slots.has(slot) !== before;
  }

  /** Exact, as in REST: what is hidden or unknown is not enough. */
  private hasViewers(slot: number): boolean {
    const count = this.columns.count('viewer_count', slot, true);
    return count !== null && count >= (this.minViewers ?? 0);
  }
}
