import type { LiveState } from './live-state';
import type { LiveInput } from './presentation';

/**
 * What is at a slot, looked up as it is asked for: one object for a scan of all slots, where an input of each would be
 * a hundred thousand, with three look-ups each. Valid until it is moved to the next slot.
 */
export class SlotInput implements LiveInput {
  private slot = 0;

  constructor(private readonly state: LiveState) {}

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
}
