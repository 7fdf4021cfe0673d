import type { StoredCounts, StoredSession } from '#libs/contracts';
import type { Directory } from './directory';
import type { LiveSession } from './presentation';

/** Where what belongs to a session is looked up. */
interface Whereabouts {
  directory: Directory;
  countsAt(slot: number): StoredCounts | null;
  activeIn(roomId: string): string | null;
  textAt(slot: number): string;
}

/**
 * A session that is open, for who looks through all of them and at little of each: what belongs to it is looked up when
 * it is read, so it is good until the state changes.
 */
export class OpenSession implements LiveSession {
  constructor(
    private readonly state: Whereabouts,
    private readonly slot: number,
    readonly session: StoredSession,
  ) {}

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
