import { Callers, type OnChange } from './callers';
import { type Live, LOADING } from './live';
import type { LiveUpdate, Subscription } from './subscription';
import type { Subscriptions } from './subscriptions';
import { WATCH_LIMIT, WatchLimitError, type Watcher, idsOf, partOf, unionOf } from './watched';

/** The one watch that a connection may have, shared by all who watch something. */
export class Watch {
  private readonly watchers = new Callers<Watcher>();
  private watching: Subscription | undefined;
  /** What is asked for at present, and what was answered for. */
  private asked: ReadonlySet<string> = new Set();
  private answered: ReadonlySet<string> = new Set();

  constructor(private readonly subscriptions: Subscriptions) {}

  watch(ids: readonly string[], onChange: OnChange): Live {
    const watcher: Watcher = { ids: idsOf(ids), onChange };
    const wanted = unionOf([...this.watchers, watcher]).length;
    if (watcher.ids.length === 0 || wanted > WATCH_LIMIT) throw new WatchLimitError(watcher.ids.length && wanted);
    const current = () => this.seenBy(watcher);
    this.watchers.join(watcher, current);
    this.ask();
    return {
      get current() {
        return current();
      },
      close: () => this.leave(watcher),
    };
  }

  private leave(watcher: Watcher): void {
    if (!this.watchers.leave(watcher)) return;
    if (!this.watchers.isEmpty) return this.ask();
    const { watching } = this;
    this.watching = undefined;
    this.answered = new Set();
    this.asked = new Set();
    if (watching) this.subscriptions.end(watching);
  }

  /** Asks, or asks again, when what all watch together is not what was asked. */
  private ask(): void {
    if (!this.watching) {
      this.watching = this.open();
      return;
    }
    const union = unionOf(this.watchers);
    const isAsked = union.length === this.asked.size && union.every((id) => this.asked.has(id));
    if (!isAsked) this.watching.renew();
  }

  private open(): Subscription {
    return this.subscriptions.open(
      {
        send: (socket, returning, reply) => {
          const union = unionOf(this.watchers);
          this.asked = new Set(union);
          socket.emit('watch', { ids: union, ...returning }, reply);
        },
        show: (cards) => ({ sessions: [...cards.values()], absent: [] }),
      },
      (all) => this.tell(all),
    );
  }

  private tell(all: LiveUpdate): void {
    if (this.watching?.held.phase === 'following') this.answered = this.asked;
    this.watchers.tell(({ ids }) => partOf(ids, all, this.answered));
  }

  private seenBy({ ids }: Watcher): LiveUpdate {
    return this.watching ? partOf(ids, this.watching.current, this.answered) : LOADING;
  }
}
