import type { StoredCounts, StoredSession } from '#libs/contracts';
import type { Directory } from './directory';
import type { LiveSession } from './presentation';

/** Where what belongs to a session is looked up. */
interface Whereabouts {
  directory: Directory;
  sessionAt(slot: number): StoredSession | undefined;
  countsAt(slot: number): StoredCounts | null;
  activeIn(roomId: string): string | null;
  textAt(slot: number): string;
}

/**
 * What is at a slot, looked up as it is asked for: one object for a scan of all slots, where an input of each would be
 * a hundred thousand, with three look-ups each. Valid until it is moved to the next slot.
 */
export class SlotInput implements LiveSession {
  private slot = 0;

  constructor(private readonly state: Whereabouts) {}

  /** Moves it; undefined when the slot is free. */
  at(slot: number): this | undefined {
    this.slot = slot;
    return this.state.sessionAt(slot) && this;
  }

  get session() {
    const session = this.state.sessionAt(this.slot);
    if (!session) throw new Error('the slot is free');
    return session;
  }

  get counts() {
    return this.state.countsAt(this.slot);
  }

  get room() {
    return this.state.directory.rooms.get(this.session.room_id);
  }

  get host() {
    return this.state.directory.hosts.get(this.room?.host_id);
  }

  get preset() {
    return this.state.directory.presets.get(this.session.preset_id);
  }

  get folded() {
    return this.state.textAt(this.slot);
  }

  get activeSessionId() {
    const { room_id: roomId } = this.session;
    return roomId === null ? null : this.state.activeIn(roomId);
  }
}
