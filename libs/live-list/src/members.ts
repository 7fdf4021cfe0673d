import type { Card, DeltaFrame, Held, RemoveReason } from '#libs/contracts';

/** A session as the view's last frame said it, with the frames in which its card and its count last changed. */
interface Member {
  card: Card;
  revision: number;
  cardFrame: number;
  countFrame: number;
}

/** What can be said of a session now; `id` identifies it, `revision` changes with its content. */
export interface Present {
  id: string;
  revision: number;
  viewer_count: number | null;
  max_viewers: number | null;
  card(): Card;
}

export type Difference = Pick<DeltaFrame, 'upserts' | 'removes' | 'counts'>;
type Why = (id: string) => RemoveReason;

const TOMBSTONES_KEPT_MS = 5 * 60_000;
const TOMBSTONES_KEPT = 2_000;

/**
 * The state of a view: what its last frame said. From the marks it tells, exactly, what somebody lacks who was at an
 * earlier frame, or who holds anything else.
 */
export class Members {
  private readonly members = new Map<string, Member>();
  private readonly tombstones = new Map<string, { frame: number; why: RemoveReason; at: number }>();
  /** Removals up to this frame may be forgotten. */
  private forgotten = 0;

  has(id: string): boolean {
    return this.members.has(id);
  }

  /** Whether the last frame said just these counts of it. */
  shows(id: string, viewerCount: number | null, maxViewers: number | null): boolean {
    const card = this.members.get(id)?.card;
    return card?.viewer_count === viewerCount && card.max_viewers === maxViewers;
  }

  cards(): Card[] {
    return Array.from(this.members.values(), ({ card }) => card);
  }

  /** Moves to what is present now, in the given order, and marks the changes with `frame`. `now` in epoch ms. */
  advance(frame: number, present: readonly Present[], why: Why, now: number): Difference {
    const before = new Map(this.members);
    const upserts: Card[] = [];
    const counts: NonNullable<Difference['counts']> = [];
    this.members.clear();
    for (const session of present) {
      const next = step(before.get(session.id), session, frame);
      this.members.set(session.id, next);
      before.delete(session.id);
      this.tombstones.delete(session.id);
      if (next.cardFrame === frame) upserts.push(next.card);
      else if (next.countFrame === frame) counts.push(countsOf(next.card));
    }
    const removes = Array.from(before.keys(), (id): [string, RemoveReason] => [id, why(id)]);
    for (const [id, reason] of removes) this.tombstones.set(id, { frame, why: reason, at: now });
    this.forget(now);
    return difference(upserts, removes, counts);
  }

  /** All that changed after a frame; undefined when that is too long ago to know. */
  since(frame: number): Difference | undefined {
    if (frame < this.forgotten) return undefined;
    const members = [...this.members.values()];
    return difference(
      members.filter(({ cardFrame }) => cardFrame > frame).map(({ card }) => card),
      [...this.tombstones].filter(([, stone]) => stone.frame > frame).map(([id, { why }]) => [id, why]),
      members.filter((m) => m.cardFrame <= frame && m.countFrame > frame).map(({ card }) => countsOf(card)),
    );
  }

  /** What turns `have` into this state. `why` is asked where no tombstone remembers. */
  from(have: readonly Held[], why: Why): Difference {
    const holds = new Map(have.map((entry) => [entry[0], entry]));
    const upserts: Card[] = [];
    const counts: NonNullable<Difference['counts']> = [];
    for (const { card } of this.members.values()) {
      const [, version, viewers, peak] = holds.get(card.id) ?? [];
      if (version !== card.version) upserts.push(card);
      else if (viewers !== card.viewer_count || peak !== card.max_viewers) counts.push(countsOf(card));
    }
    const gone = [...holds.keys()].filter((id) => !this.members.has(id));
    const removes = gone.map((id): [string, RemoveReason] => [id, this.tombstones.get(id)?.why ?? why(id)]);
    return difference(upserts, removes, counts);
  }

  /** The map is in the order of the frames, oldest first. */
  private forget(now: number): void {
    for (const [id, { frame, at }] of this.tombstones) {
      if (this.tombstones.size <= TOMBSTONES_KEPT && now - at < TOMBSTONES_KEPT_MS) return;
      this.tombstones.delete(id);
      this.forgotten = frame;
    }
  }
}

function step(before: Member | undefined, session: Present, frame: number): Member {
  const { revision, viewer_count, max_viewers } = session;
  if (before?.revision === revision) {
    const { card } = before;
    if (card.viewer_count === viewer_count && card.max_viewers === max_viewers) return before;
    return { ...before, card: { ...card, viewer_count, max_viewers }, countFrame: frame };
  }
  const card = session.card();
  if (!before || !sameContent(before.card, card)) return { card, revision, cardFrame: frame, countFrame: frame };
  return step({ ...before, revision }, session, frame);
}

/** All but the counts. */
export function sameContent(a: Card, b: Card): boolean {
  return (Object.keys(b) as (keyof Card)[]).every(
    (key) => key === 'viewer_count' || key === 'max_viewers' || a[key] === b[key],
  );
}

export function countsOf({ id, viewer_count, max_viewers }: Card): [string, number | null, number | null] {
  return [id, viewer_count, max_viewers];
}

/** What is empty is left out. */
export function difference(
  upserts: Card[],
  removes: [string, RemoveReason][],
  counts: NonNullable<Difference['counts']>,
): Difference {
  return {
    ...(upserts.length > 0 ? { upserts } : {}),
    ...(removes.length > 0 ? { removes } : {}),
    ...(counts.length > 0 ? { counts } : {}),
  };
}
