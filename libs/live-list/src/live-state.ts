import type { ProjectionChange, RemovalReason, StoredCounts, StoredSession } from '#libs/contracts';
import { Departed } from './departed';
import { Directory } from './directory';
import { searchable } from './match';
import type { LiveInput, LiveSession } from './presentation';
import { SessionIndex, type ReferenceKind } from './session-index';
import { SlotInput } from './slot-input';

/** What happened to a slot: bits of `Touched.flags`. */
export const CONTENT = 1;
export const COUNTS = 2;
export const OPENED = 4;
export const CLOSED = 8;

/** The part of a question that an index answers. */
export interface Named {
  ids?: readonly string[] | null;
  room_id?: readonly string[] | null;
  host_id?: readonly string[] | null;
}

export interface Touched {
  slot: number;
  flags: number;
}

/**
 * The open sessions, keyed by id, as a struct of arrays: a session has a slot from its opening to its removal. Fed
 * with the changes of the projection, in any overlap: the greater version wins, per kind and id.
 */
export class LiveState {
  directory = new Directory();
  private slots = new Map<string, number>();
  private ids: string[] = [];
  private sessions: (StoredSession | undefined)[] = [];
  private counts: (StoredCounts | null)[] = [];
  private revisions: number[] = [];
  private texts: (string | undefined)[] = [];
  private free: number[] = [];
  private readonly departed = new Departed();
  private readonly index = new SessionIndex((roomId) => this.directory.rooms.get(roomId)?.host_id ?? null);
  private readonly touched = new Map<number, number>();
  private revision = 0;

  /** Forgets all that is open, and every version; why sessions left before is kept. */
  clear(): void {
    this.slots = new Map();
    [this.ids, this.sessions, this.counts] = [[], [], []];
    [this.revisions, this.texts, this.free] = [[], [], []];
    this.directory = new Directory();
    this.index.clear();
    this.touched.clear();
    this.departed.forgetVersions();
  }

  /** How many slots there are, used or free. */
  get capacity(): number {
    return this.sessions.length;
  }

  get size(): number {
    return this.slots.size;
  }

  slotOf(id: string): number | undefined {
    return this.slots.get(id);
  }

  idAt(slot: number): string {
    return this.ids[slot] ?? '';
  }

  /** undefined: the slot is free. */
  sessionAt(slot: number): StoredSession | undefined {
    return this.sessions[slot];
  }

  countsAt(slot: number): StoredCounts | null {
    return this.counts[slot] ?? null;
  }

  /** What `q` is looked for in; kept until the content changes. Empty while nobody looks. */
  textAt(slot: number): string {
    return (this.texts[slot] ??= searchable(this.inputAt(slot)));
  }

  /** Where sessions can be that are in one of these rooms, of one of these hosts, or among these ids: all where none is named. */
  slotsOf({ ids, room_id, host_id }: Named): Iterable<number> {
    if (ids) return ids.flatMap((id) => this.slots.get(id) ?? []);
    if (room_id) return room_id.flatMap((id) => this.index.of('room', id));
    if (host_id) return host_id.flatMap((id) => this.index.of('host', id));
    return this.slots.values();
  }

  /** Another number each time that the content of the slot (not its counts) may have changed. */
  revisionAt(slot: number): number {
    return this.revisions[slot] ?? 0;
  }

  whyLeft(id: string): RemovalReason | null {
    return this.departed.get(id).why;
  }

  /**
   * Looks at the open sessions where an index says that they can be; at those of `ids` in their order. It is one object that is
   * moved from one to the next: take from it what is to stay.
   */
  eachOpen(named: Named, look: (open: LiveSession) => void): void {
    const input = new SlotInput(this);
    for (const slot of this.slotsOf(named)) if (input.at(slot)) look(input);
  }

  /** What `read` takes from each open session. */
  ofEachOpen<T>(read: (open: LiveSession) => T): T[] {
    const found: T[] = [];
    this.eachOpen({}, (open) => found.push(read(open)));
    return found;
  }

  /** The id of the live session of a room. */
  activeIn(roomId: string): string | null {
    const active = this.index.of('room', roomId).find((slot) => this.sessions[slot]?.status === 'live');
    return active === undefined ? null : this.idAt(active);
  }

  inputAt(slot: number): LiveInput | undefined {
    const session = this.sessions[slot];
    if (!session) return undefined;
    const { rooms, hosts, presets } = this.directory;
    const room = rooms.get(session.room_id);
    return {
      session,
      counts: this.counts[slot] ?? null,
      room,
      host: hosts.get(room?.host_id),
      preset: presets.get(session.preset_id),
    };
  }

  apply(change: ProjectionChange): void {
    switch (change.kind) {
      case 'session':
        return this.putSession(change.session);
      case 'removed':
        return this.remove(change.id, change.version, change.why);
      case 'counts':
        return this.putCounts(change.id, change.counts);
      default:
        if (!this.directory.apply(change)) return;
        return this.touchAllThatShow(change.kind, change.id);
    }
  }

  /** The slots that changed since the last call. Slots that were closed may be used again after it. */
  takeTouched(): Touched[] {
    const touched = Array.from(this.touched, ([slot, flags]) => ({ slot, flags }));
    this.touched.clear();
    for (const { slot, flags } of touched) if (flags & CLOSED) this.free.push(slot);
    return touched;
  }

  private putSession(session: StoredSession): void {
    const { id, version } = session;
    const slot = this.slots.get(id);
    if (slot === undefined) {
      if (this.departed.get(id).version < version) this.admit(session);
      return;
    }
    const known = this.sessions[slot];
    if (known && known.version >= version) return;
    if (known) this.index.remove(slot, known);
    this.sessions[slot] = session;
    this.index.add(slot, session);
    this.touch(slot, known?.status === session.status ? CONTENT : CONTENT | OPENED);
  }

  private admit(session: StoredSession): void {
    const slot = this.free.pop() ?? this.sessions.length;
    this.slots.set(session.id, slot);
    this.ids[slot] = session.id;
    this.sessions[slot] = session;
    this.counts[slot] = this.departed.get(session.id).counts;
    this.departed.forget(session.id);
    this.index.add(slot, session);
    this.touch(slot, CONTENT | COUNTS | OPENED);
  }

  private remove(id: string, version: number, why: RemovalReason): void {
    const slot = this.slots.get(id);
    const session = slot === undefined ? undefined : this.sessions[slot];
    if (slot === undefined || !session) {
      if (this.departed.get(id).version < version) this.departed.put(id, { version, why });
      return;
    }
    if (session.version > version) return;
    this.departed.put(id, { version, why, counts: this.counts[slot] ?? null });
    this.index.remove(slot, session);
    this.slots.delete(id);
    this.sessions[slot] = undefined;
    this.touch(slot, CLOSED);
  }

  private putCounts(id: string, counts: StoredCounts): void {
    const slot = this.slots.get(id);
    const known = slot === undefined ? this.departed.get(id).counts : this.counts[slot];
    if (known && known.version >= counts.version) return;
    if (slot === undefined) return this.departed.put(id, { counts });
    this.counts[slot] = counts;
    this.touch(slot, COUNTS);
  }

  private touchAllThatShow(kind: ReferenceKind, id: string): void {
    if (kind === 'room') this.index.roomChanged(id);
    for (const slot of this.index.of(kind, id)) this.touch(slot, CONTENT | COUNTS);
  }

  private touch(slot: number, flags: number): void {
    if (flags & (CONTENT | CLOSED)) {
      this.revisions[slot] = this.revision += 1;
      this.texts[slot] = undefined;
    }
    this.touched.set(slot, (this.touched.get(slot) ?? 0) | flags);
  }
}
