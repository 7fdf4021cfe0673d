import {
  type DeltaFrame,
  type HeartbeatFrame,
  type Held,
  type Position,
  type RemoveReason,
  type SnapshotFrame,
  isBefore,
} from '#libs/contracts';
import { Candidates } from './candidates';
import type { Columns } from './columns';
import { CLOSED, COUNTS, type LiveState, OPENED, type Touched } from './live-state';
import { type Difference, Members, type Present } from './members';
import type { Presentation } from './presentation';
import type { ListQuestion } from './question';
import { Ranking } from './ranking';
import type { Staleness } from './staleness';
import { TopWindow } from './top-window';

/** What the next frame has to look at: nothing, the sessions of the window, or who is in the window. */
type Dirt = 'no' | 'content' | 'window';

/** What makes a frame due: a start or an end, other membership and content, counts and the total. */
export type Urgency = 'edge' | 'membership' | 'count';

/**
 * A question that many clients share. Its state is what its last frame said: snapshot, resume and merged delta bring a
 * client to exactly that, never to a later state, so all clients at one frame hold the same.
 */
export class View {
  /** Of the last frame; grows by one with each. */
  frame = 0;
  /** How many sessions the last frame's state has in all. */
  total = 0;
  /** The log position that the last frame contains, whole. */
  position: Position = { epoch: 0, seq: 0 };
  /** When it was framed last, epoch ms; framed or found unchanged. */
  framedAt = -Infinity;
  private dirty: Dirt = 'window';
  private whole: SnapshotFrame | undefined;
  private readonly members = new Members();
  /** The state was loaded anew, and the candidates are of the one before. */
  private isUnread = false;
  private readonly candidates: Candidates;
  private readonly window: TopWindow;
  private readonly sortsByCount: boolean;

  /** `name`: on the wire. `text`: by which it is found. */
  constructor(
    readonly question: ListQuestion,
    private readonly state: LiveState,
    private readonly columns: Columns,
    private readonly presentation: Presentation,
    readonly name: string,
    readonly text: string,
  ) {
    this.candidates = new Candidates(question, state, columns);
    const { sort, order, limit } = question;
    this.sortsByCount = sort === 'viewer_count' || sort === 'max_viewers';
    const ranking = new Ranking(
      order,
      () => columns.sortable(sort),
      (slot) => state.idAt(slot),
    );
    this.window = new TopWindow(ranking, limit);
  }

  /** The state was loaded anew: everything may be different. It is looked at with the next frame. */
  reload(): void {
    this.isUnread = true;
    this.dirty = 'window';
  }

  /** Takes note of a slot that changed; how urgent a frame is for it, null when the view does not show it. */
  touch({ slot, flags }: Touched): Urgency | null {
    if (this.isUnread) return null;
    const moved = this.candidates.read(slot, flags);
    const shows = this.window.has(slot);
    if (flags === COUNTS && !moved) {
      if (shows) return this.touchCounts(slot);
      if (!this.sortsByCount) return null;
    }
    if (shows || (this.candidates.slots.has(slot) && this.window.reaches(slot))) {
      this.dirty = 'window';
      return flags & (OPENED | CLOSED) ? 'edge' : 'membership';
    }
    if (moved) this.dirty = worse(this.dirty, 'content');
    return moved ? 'count' : null;
  }

  /** Brings the state up to what the live state is, at `position`. The frame that says so; null when nothing changed. */
  advance(position: Position, now: number): DeltaFrame | null {
    const { dirty } = this;
    this.readAgain();
    this.position = position;
    this.whole = undefined;
    this.framedAt = now;
    this.dirty = 'no';
    if (dirty === 'no') return null;
    if (dirty === 'window') {
      this.window.select(this.candidates.slots, (slot) => this.members.has(this.state.idAt(slot)));
    }
    const total = this.candidates.slots.size;
    const present = this.window.slots.map((slot) => this.present(slot));
    const changes = this.members.advance(this.frame + 1, present, (id) => this.why(id), now);
    const grown = total === this.total ? {} : { total };
    this.total = total;
    if (this.frame > 0 && isNothing(changes) && !('total' in grown)) return null;
    this.frame += 1;
    return { ...this.place(), prev: this.frame - 1, ...grown, ...changes };
  }

  /** Whether the last frame contains everything up to `at`. */
  contains(at: Position): boolean {
    return !isBefore(this.position, at);
  }

  /** The whole state; the same object until the next frame, so that its bytes can be shared. */
  snapshot(): SnapshotFrame {
    this.whole ??= this.makeSnapshot();
    return this.whole;
  }

  /** What a client lacks that applied frame `frame` last; undefined when that is too long ago to know. */
  since(frame: number): DeltaFrame | undefined {
    const changes = this.members.since(frame);
    return changes && { ...this.place(), prev: frame, total: this.total, ...changes };
  }

  /** What a client lacks that holds `have`; `isEmpty` when it lacks nothing but the place. */
  from(have: readonly Held[]): { delta: DeltaFrame; isEmpty: boolean } {
    const changes = this.members.from(have, (id) => this.why(id));
    const delta = { ...this.place(), prev: null, total: this.total, ...changes };
    return { delta, isEmpty: isNothing(changes) };
  }

  heartbeat(now: number, { said, aheadMs }: Staleness): HeartbeatFrame {
    return { ...this.place(), time: now + aheadMs, ...said };
  }

  private readAgain(): void {
    if (this.isUnread) this.candidates.readAll();
    this.isUnread = false;
  }

  private makeSnapshot(): SnapshotFrame {
    return { ...this.place(), total: this.total, sessions: this.members.cards() };
  }

  /** A count within the dead band owes nothing. */
  private touchCounts(slot: number): Urgency | null {
    const { id, viewer_count, max_viewers } = this.present(slot);
    if (this.members.shows(id, viewer_count, max_viewers)) return null;
    this.dirty = worse(this.dirty, this.sortsByCount ? 'window' : 'content');
    return 'count';
  }

  private place() {
    return { view: this.name, frame: this.frame, ...this.position };
  }

  private present(slot: number): Present {
    const { state, columns } = this;
    const viewer_count = columns.count('viewer_count', slot, false);
    const max_viewers = columns.count('max_viewers', slot, false);
    return {
      id: state.idAt(slot),
      revision: state.revisionAt(slot),
      viewer_count,
      max_viewers,
      card: () => ({ ...this.card(slot), viewer_count, max_viewers }),
    };
  }

  private card(slot: number) {
    const input = this.state.inputAt(slot);
    if (!input) throw new Error('a slot of the window is free');
    return this.presentation.card(input, this.columns.audience);
  }

  private why(id: string): RemoveReason {
    this.readAgain();
    const slot = this.state.slotOf(id);
    if (slot === undefined) return this.state.whyLeft(id) ?? 'gone';
    return this.candidates.slots.has(slot) ? 'window' : 'filter';
  }
}

function worse(a: Dirt, b: Dirt): Dirt {
  return a === 'window' || b === 'no' ? a : b;
}

function isNothing(changes: Difference): boolean {
  return Object.keys(changes).length === 0;
}
