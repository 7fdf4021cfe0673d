import type { Card, DeltaFrame, HeartbeatFrame, Held, Position, SnapshotFrame } from '#libs/contracts';
import { type Difference, countsOf, difference } from '../members';
import { BEGINNING } from '../position';
import type { AudienceName } from '../presentation';
import type { Staleness } from '../staleness';
import type { WatchedSession } from './watched-session';

/**
 * What one listener watches: a view of its own, whose frames are the numbers of changes. It is always as of now: what
 * it was not told yet follows from the number of its last frame, so a slow listener needs nothing else.
 */
export class Watcher<L> {
  /** The number up to which it was told. */
  frame = 1;
  /** The position of the state that it was told. */
  position: Position = BEGINNING;
  /** How many are open, as it was told last; -1: it was not. */
  total = -1;
  /** Added, and not told yet. */
  added: WatchedSession[] = [];
  owesHeartbeat = false;
  /** When it heard something last, epoch ms. */
  spokeAt = -Infinity;

  constructor(
    readonly listener: L,
    readonly name: string,
    readonly audience: AudienceName,
    readonly address: string,
    public sessions: WatchedSession[],
    private readonly place: () => Position,
    private readonly nextChange: () => number,
  ) {}

  get ids(): string[] {
    return this.sessions.map(({ id }) => id);
  }

  /** Something that it was not told yet. */
  get isBehind(): boolean {
    return this.added.length > 0 || this.sessions.some(({ lastChange }) => lastChange > this.frame);
  }

  get openCount(): number {
    let open = 0;
    for (const { card } of this.sessions) if (card) open += 1;
    return open;
  }

  /** Whether it lacks the last change of one of its sessions. */
  lacks(session: WatchedSession): boolean {
    return session.lastChange > this.frame;
  }

  /** It is about to be told everything: what its next frame is called. */
  arrive(): void {
    for (const { lastChange } of this.sessions) if (lastChange > this.frame) this.frame = lastChange;
    this.position = this.place();
    this.total = this.openCount;
    if (this.added.length > 0) this.added = [];
  }

  snapshot(): SnapshotFrame {
    return { ...this.at(), total: this.total, sessions: this.open(), absent: this.absent(this.sessions) };
  }

  /** What it lacks that holds `have`; `isEmpty` when it lacks nothing but the place. */
  from(have: readonly Held[]): { delta: DeltaFrame; isEmpty: boolean } {
    const holds = new Map(have.map((row) => [row[0], row]));
    const upserts: Card[] = [];
    const counts: NonNullable<Difference['counts']> = [];
    for (const card of this.open()) {
      const [, version, viewers, peak] = holds.get(card.id) ?? [];
      holds.delete(card.id);
      if (version !== card.version) upserts.push(card);
      else if (viewers !== card.viewer_count || peak !== card.max_viewers) counts.push(countsOf(card));
    }
    const known = new Map(this.sessions.map((session) => [session.id, session.why]));
    const removes = Array.from(holds.keys(), (id): [string, WatchedSession['why']] => [id, known.get(id) ?? 'filter']);
    const changes = difference(upserts, removes, counts);
    const delta = { ...this.at(), prev: null, total: this.total, ...changes, ...this.absentOf(this.sessions) };
    return { delta, isEmpty: Object.keys(changes).length === 0 };
  }

  /** What it was not told yet, as a frame that leads on from its last one; it is told from here on. */
  next(): DeltaFrame {
    const { frame: prev, total, added } = this;
    const isNew = added.length > 0 ? new Set(added) : null;
    const isLacking = ({ contentChange }: WatchedSession) => contentChange > prev;
    const upserts: Card[] = [];
    const removes: [string, WatchedSession['why']][] = [];
    const counts: NonNullable<Difference['counts']> = [];
    for (const session of this.sessions) {
      const { card } = session;
      if (!card) {
        if (isLacking(session) && !isNew?.has(session)) removes.push([session.id, session.why]);
      } else if (isLacking(session) || isNew?.has(session)) upserts.push(card);
      else if (session.countChange > prev) counts.push(countsOf(card));
    }
    if (added.length > 0) this.frame = this.nextChange();
    this.arrive();
    const grown = total === this.total ? {} : { total: this.total };
    return { ...this.at(), prev, ...grown, ...difference(upserts, removes, counts), ...this.absentOf(added) };
  }

  /** What makes the next frame of this watcher the same as that of another one. */
  nextKey(): string {
    const { openCount } = this;
    let key = `${this.audience} ${this.frame} ${openCount === this.total ? '' : openCount}`;
    for (const session of this.sessions) if (this.lacks(session)) key += ` ${session.id}`;
    return key;
  }

  heartbeat(now: number, { said, aheadMs }: Staleness): HeartbeatFrame {
    return { ...this.at(), time: now + aheadMs, ...said };
  }

  private at() {
    return { view: this.name, frame: this.frame, ...this.position };
  }

  private open(): Card[] {
    return this.sessions.flatMap(({ card }) => card ?? []);
  }

  private absent(sessions: readonly WatchedSession[]): string[] {
    return sessions.filter(({ card }) => !card).map(({ id }) => id);
  }

  private absentOf(sessions: readonly WatchedSession[]): Pick<DeltaFrame, 'absent'> {
    const absent = this.absent(sessions);
    return absent.length > 0 ? { absent } : {};
  }
}
