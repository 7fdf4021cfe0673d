import type {
  Card,
  DeltaFrame,
  HeartbeatFrame,
  Held,
  LeftFrame,
  RemoveReason,
  ResetFrame,
  SnapshotFrame,
  Subscribed,
} from '#libs/contracts';

/** What a returning client tells of itself. */
export interface Returning {
  at?: [number, number];
  of?: string;
  have?: Held[];
}

export type ViewFrame =
  | { event: 'snapshot'; frame: SnapshotFrame }
  | { event: 'delta'; frame: DeltaFrame }
  | { event: 'heartbeat'; frame: HeartbeatFrame }
  | { event: 'reset'; frame: ResetFrame }
  | { event: 'left'; frame: LeftFrame };

/** What a frame led to: `changed`, the list is another one; `ask`, it does not fit: subscribe again; `nothing`. */
export type Outcome = 'changed' | 'ask' | 'nothing';

/**
 * `idle`: nothing asked. `asking`: the request is on its way. `answering`: the ack has come, its frame has not.
 * `following`: at `frame` of the view, and each delta leads to the next.
 */
export type Phase = 'idle' | 'asking' | 'answering' | 'following';

interface Place {
  view: string;
  frame: number;
  epoch: number;
  seq: number;
}

/**
 * What a client holds of one view, and the rule by which it takes frames: obey the chain of frame numbers, never
 * compare versions. Pure: says when to ask, does not ask.
 */
export class HeldList {
  readonly cards = new Map<string, Card>();
  phase: Phase = 'idle';
  total = 0;
  stale = false;
  /** Up to when it is known to be complete, epoch ms by the gateway's clock; null: not known. */
  freshAt: number | null = null;
  /** Why the last ones left, of the last frame taken. */
  removed: [string, RemoveReason][] = [];
  /** Of a watch: which ones the last frame said are not open. */
  absent: string[] = [];
  private place: Place | undefined;
  /** The view whose answer is awaited. */
  private expected = '';
  /** After a `reset` what is held may be shown until the snapshot comes, but says nothing to a gateway. */
  private isVoid = false;

  get view(): string | undefined {
    return this.place?.view;
  }

  /** The frame of that view that was taken last; 0 before the first. */
  get frame(): number {
    return this.place?.frame ?? 0;
  }

  /** The view whose first frame is on its way. */
  get awaited(): string | undefined {
    return this.phase === 'answering' ? this.expected : undefined;
  }

  /** Where it is: the log position that its cards show, whole; undefined before the first answer. */
  get at(): [number, number] | undefined {
    return this.place && [this.place.epoch, this.place.seq];
  }

  /** From here to the answer the view's frames are dropped. What to send beside the query. */
  ask(): Returning {
    this.phase = 'asking';
    if (!this.place || this.isVoid) return {};
    const have = Array.from(this.cards.values(), (card): Held => [
      card.id,
      card.version,
      card.viewer_count,
      card.max_viewers,
    ]);
    const { view, epoch, seq } = this.place;
    return { at: [epoch, seq], of: view, have };
  }

  /** The connection is lost, or the question was refused: what is held stays. */
  interrupt(): void {
    this.phase = 'idle';
    this.stale = false;
    this.removed = [];
  }

  acknowledge(answer: Subscribed): Outcome {
    if (this.phase !== 'asking') return 'nothing';
    if (answer.mode !== 'same') {
      this.expected = answer.view;
      this.phase = 'answering';
      return 'nothing';
    }
    this.removed = [];
    this.absent = [];
    return this.arrive(answer);
  }

  /** Takes out what is wanted no more; the gateway knows. */
  drop(ids: Iterable<string>): void {
    for (const id of ids) this.cards.delete(id);
  }

  take(received: ViewFrame): Outcome {
    const { event, frame } = received;
    if (event === 'left') return this.takeLeft(frame);
    if (this.phase === 'answering') return frame.view === this.expected ? this.takeAnswer(received) : 'nothing';
    if (this.phase !== 'following' || !this.place || frame.view !== this.place.view) return 'nothing';
    switch (event) {
      case 'delta':
        return this.takeDelta(frame, this.place);
      case 'heartbeat':
        return this.takeHeartbeat(frame, this.place);
      case 'reset':
        this.isVoid = true;
        this.expected = frame.view;
        this.phase = 'answering';
        return 'nothing';
      default:
        return 'nothing';
    }
  }

  private takeAnswer({ event, frame }: ViewFrame): Outcome {
    if (event === 'snapshot') return this.takeSnapshot(frame);
    if (event === 'delta' && frame.prev === null) return this.apply(frame);
    return 'nothing';
  }

  private takeSnapshot(frame: SnapshotFrame): Outcome {
    const kept = new Set(frame.sessions.map(({ id }) => id));
    this.removed = [...this.cards.keys()].filter((id) => !kept.has(id)).map((id) => [id, 'gone']);
    this.cards.clear();
    for (const card of frame.sessions) this.cards.set(card.id, card);
    this.absent = frame.absent ?? [];
    return this.arrive(frame);
  }

  private takeDelta(frame: DeltaFrame, place: Place): Outcome {
    if (frame.prev === null || frame.frame <= place.frame) return 'nothing';
    return frame.prev === place.frame ? this.apply(frame) : 'ask';
  }

  private apply(frame: DeltaFrame): Outcome {
    for (const card of frame.upserts ?? []) this.cards.set(card.id, card);
    for (const [id] of frame.removes ?? []) this.cards.delete(id);
    for (const [id, viewer_count, max_viewers] of frame.counts ?? []) {
      const card = this.cards.get(id);
      if (card) this.cards.set(id, { ...card, viewer_count, max_viewers });
    }
    this.removed = frame.removes ?? [];
    this.absent = frame.absent ?? [];
    this.drop(this.absent);
    return this.arrive(frame);
  }

  private takeHeartbeat(frame: HeartbeatFrame, place: Place): Outcome {
    if (frame.frame !== place.frame) return 'ask';
    const stale = frame.stale === true;
    const { fresh_at = null } = frame as { fresh_at?: number };
    const freshAt = stale ? fresh_at : frame.time;
    const changed = stale !== this.stale || (stale && freshAt !== this.freshAt);
    this.stale = stale;
    this.freshAt = freshAt;
    this.removed = [];
    this.place = { ...place, epoch: frame.epoch, seq: frame.seq };
    return changed ? 'changed' : 'nothing';
  }

  /** What is held is shown until the same question is answered as another view. */
  private takeLeft({ view }: LeftFrame): Outcome {
    if (this.phase === 'answering') return view === this.expected ? 'ask' : 'nothing';
    return this.phase === 'following' && view === this.place?.view ? 'ask' : 'nothing';
  }

  private arrive({ view, frame, epoch, seq, total }: Place & { total?: number }): Outcome {
    this.place = { view, frame, epoch, seq };
    this.total = total ?? this.total;
    this.phase = 'following';
    this.isVoid = false;
    return 'changed';
  }
}
