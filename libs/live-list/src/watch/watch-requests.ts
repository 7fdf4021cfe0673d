import type { Done, SocketRefusal, Subscribed } from '#libs/contracts';
import { type Ask, type KnownAsk, refusal } from '../ask';
import type { Outlet } from '../outlet';
import { type WatchQuestion, watchQuestion } from '../question';
import type { WaitingRoom } from '../waiting-room';
import { type Watches, sameOf } from './watches';

/** What listeners ask about their watch, of which each has one at most: more sessions, fewer, and which. */
export class WatchRequests<L> {
  /** `ask`: asks for a whole watch, in place of the one that waits or is followed. */
  constructor(
    private readonly watches: Watches<L>,
    private readonly room: WaitingRoom<L>,
    private readonly outlet: Outlet<L>,
    private readonly ask: (asked: Ask<L>, now: number) => void,
  ) {}

  /** A listener watches these as well: the next frame of its watch tells them. */
  more(asked: Ask<L> & { question: WatchQuestion }, now: number): void {
    const { listener, question, reply } = asked;
    const watcher = this.watches.of(listener);
    const waiting = this.waiting(listener);
    if (waiting) {
      const all = watchQuestion([...waiting.ids, ...question.ids]);
      return this.ask({ ...waiting.ask, question: all, reply }, now);
    }
    if (watcher) return this.watches.more(watcher, question.ids, reply, now);
    this.ask(asked, now);
  }

  /**
   * A listener watches these no more; undefined: nothing. `holds`: the view that it holds, and takes these out of. Who
   * holds another one is sent a snapshot of the rest.
   */
  less(
    listener: L,
    { ids, holds }: { ids: readonly string[] | undefined; holds: string | undefined },
    reply: (answer: Subscribed | Done | SocketRefusal) => void,
    now: number,
  ): void {
    const watcher = this.watches.of(listener);
    const waiting = this.waiting(listener);
    const watched = waiting?.ids ?? watcher?.ids;
    if (!watched) return reply(refusal('unknown_view', 'you watch nothing'));
    const gone = new Set(ids ?? watched);
    const rest = watched.filter((id) => !gone.has(id));
    if (rest.length === 0) {
      this.giveUp(listener);
      this.watches.leave(listener);
      return reply({ ok: true });
    }
    if (waiting) return this.ask({ ...waiting.ask, question: watchQuestion(rest), reply }, now);
    if (!watcher) return;
    this.watches.less(watcher, gone);
    if (holds === watcher.name) return reply(sameOf(watcher));
    watcher.arrive();
    reply({ ...sameOf(watcher), mode: 'snapshot' });
    this.outlet.send({ event: 'snapshot', frame: watcher.snapshot() }, listener);
  }

  /** Takes out a watch that waits. */
  giveUp(listener: L): void {
    const waiting = this.waiting(listener);
    if (waiting) this.room.giveUp(listener, waiting.ask.text);
  }

  private waiting(listener: L): { ask: KnownAsk<L>; ids: readonly string[] } | null {
    for (const ask of this.room.of(listener)) if (ask.question.kind === 'watch') return { ask, ids: ask.question.ids };
    return null;
  }
}
