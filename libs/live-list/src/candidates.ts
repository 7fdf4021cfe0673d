import { saysAll } from '#libs/session';
import type { Columns } from './columns';
import { CLOSED, CONTENT, type LiveState } from './live-state';
import { type ContentMatch, contentMatch } from './match';
import type { ListQuestion } from './question';
import { SlotInput } from './slot-input';
import { SlotSet } from './slot-set';

/** All sessions that a question asks for. The content is matched again only when it changes, not with each count. */
export class Candidates {
  readonly slots: SlotSet;
  private readonly content = new SlotSet();
  private readonly matches: ContentMatch;
  private readonly minViewers: number | null;
  private readonly terms: string[] | null;
  private readonly input: SlotInput;

  constructor(
    private readonly question: ListQuestion,
    private readonly state: LiveState,
    private readonly columns: Columns,
  ) {
    this.minViewers = question.min_viewers;
    this.terms = question.q;
    // The text is looked for where the state keeps it folded.
    this.matches = contentMatch({ ...question, q: null });
    this.input = new SlotInput(state);
    this.slots = this.minViewers === null ? this.content : new SlotSet();
    this.readAll();
  }

  readAll(): void {
    this.content.clear();
    this.slots.clear();
    for (const slot of this.state.slotsOf(this.question)) this.read(slot, CONTENT);
  }

  /** Looks at a slot after what happened to it; whether it came in or went out. */
  read(slot: number, flags: number): boolean {
    const isOfContent = (flags & (CONTENT | CLOSED)) !== 0;
    if (!isOfContent && this.minViewers === null) return false;
    const before = this.slots.has(slot);
    if (isOfContent) this.content.set(slot, this.isAsked(slot));
    if (this.minViewers !== null) this.slots.set(slot, this.content.has(slot) && this.hasViewers(slot));
    return this.slots.has(slot) !== before;
  }

  private isAsked(slot: number): boolean {
    const input = this.input.at(slot);
    if (!input || !this.matches(input)) return false;
    return this.terms === null || saysAll(this.state.textAt(slot), this.terms);
  }

  /** Exact, as in REST: what is hidden or unknown is not enough. */
  private hasViewers(slot: number): boolean {
    const count = this.columns.count('viewer_count', slot, true);
    return count !== null && count >= (this.minViewers ?? 0);
  }
}
