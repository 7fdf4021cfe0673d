import type { LeftFrame } from '#libs/contracts';
import { refusal } from './ask';
import type { Fanout } from './fanout';
import type { LiveList } from './live-list';
import { nameOf } from './name-of';
import type { Outlet } from './outlet';
import type { AudienceName } from './presentation';
import { viewText } from './question';
import type { Staleness } from './staleness';
import type { View } from './view';
import type { WaitingRoom } from './waiting-room';
import type { Watcher } from './watch/watcher';
import type { Watches } from './watch/watches';

interface Parts<L> {
  list: LiveList;
  outlet: Outlet<L>;
  fanout: Fanout<L>;
  watches: Watches<L>;
  room: WaitingRoom<L>;
  staleness: Staleness;
}

/** Takes listeners out of views that they follow or wait for: as they ask, or because they may not see them any more. */
export class Leaving<L> {
  constructor(private readonly parts: Parts<L>) {}

  /** Whether the listener followed, or waited for, the view of this name. */
  leave(listener: L, name: string): boolean {
    const { fanout, room, watches } = this.parts;
    const followed = fanout.followed(listener).find((view) => view.name === name);
    if (followed) return fanout.leave(followed, listener);
    const awaited = room.of(listener).find(({ text, question }) => this.nameOf(text, question.kind) === name);
    if (awaited) return this.leaveText(listener, awaited.text);
    return watches.of(listener)?.name === name && watches.leave(listener);
  }

  /** The same of the list whose question has this text. */
  leaveText(listener: L, text: string): boolean {
    const { fanout, list, room } = this.parts;
    const hasWaited = room.giveUp(listener, text);
    const view = list.find(text);
    const followed = view !== undefined && fanout.leave(view, listener);
    return followed || hasWaited;
  }

  /**
   * Takes a listener out of all that it follows or waits for as this audience, and tells it so. The heartbeat after
   * `left` names a frame that nobody has: a client that does not know `left` asks again because of it.
   */
  leaveAll(listener: L, audience: AudienceName, why: Omit<LeftFrame, 'view'>, now: number): void {
    const { fanout, room, watches } = this.parts;
    for (const ask of room.of(listener)) {
      if (ask.audience === audience) room.leave(listener, ask.text)?.reply(refusal('unavailable', why.error));
    }
    for (const view of fanout.followed(listener)) {
      if (view.text !== viewText(view.question, audience)) continue;
      fanout.leave(view, listener);
      this.tellLeft(listener, view, why, now);
    }
    const watcher = watches.of(listener);
    if (watcher?.audience !== audience) return;
    watches.leave(listener);
    this.tellLeft(listener, watcher, why, now);
  }

  private nameOf(text: string, kind: 'list' | 'watch'): string {
    return kind === 'watch' ? nameOf(text) : this.parts.list.nameOf(text);
  }

  private tellLeft(listener: L, view: View | Watcher<L>, why: Omit<LeftFrame, 'view'>, now: number): void {
    const { outlet, staleness } = this.parts;
    outlet.send({ event: 'left', frame: { view: view.name, ...why } }, listener);
    const heartbeat = view.heartbeat(now, staleness);
    outlet.send({ event: 'heartbeat', frame: { ...heartbeat, frame: view.frame + 1 } }, listener);
  }
}
