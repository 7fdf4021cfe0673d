import type { StoredSession } from '#libs/contracts';
import { Chain } from './chain';

/** What sessions are shown with. */
export type ReferenceKind = 'room' | 'host' | 'preset';

/** The slots of open sessions by their room, by its host and by their preset. */
export class SessionIndex {
  private readonly chains: Record<ReferenceKind, Chain> = { room: new Chain(), host: new Chain(), preset: new Chain() };
  private hostIds: (string | null)[] = [];

  /** `hostOf`: the host of a room, as it is known now. */
  constructor(private readonly hostOf: (roomId: string | null) => string | null) {}

  clear(): void {
    this.hostIds = [];
    for (const chain of Object.values(this.chains)) chain.clear();
  }

  add(slot: number, { room_id, preset_id }: StoredSession): void {
    if (room_id) this.chains.room.add(room_id, slot);
    if (preset_id) this.chains.preset.add(preset_id, slot);
    this.moveToHost(slot, this.hostOf(room_id));
  }

  /** The session must be the one that was added. */
  remove(slot: number, { room_id, preset_id }: StoredSession): void {
    if (room_id) this.chains.room.remove(room_id, slot);
    if (preset_id) this.chains.preset.remove(preset_id, slot);
    this.moveToHost(slot, null);
  }

  /** The slots at this moment; the index may change while they are used. */
  of(kind: ReferenceKind, id: string): number[] {
    return this.chains[kind].of(id);
  }

  /** The room may have got another host. */
  roomChanged(roomId: string): void {
    const hostId = this.hostOf(roomId);
    for (const slot of this.chains.room.of(roomId)) this.moveToHost(slot, hostId);
  }

  private moveToHost(slot: number, after: string | null): void {
    const before = this.hostIds[slot] ?? null;
    if (before === after) return;
    if (before) this.chains.host.remove(before, slot);
    if (after) this.chains.host.add(after, slot);
    this.hostIds[slot] = after;
  }
}
