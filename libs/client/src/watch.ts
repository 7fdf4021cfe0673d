import { Callers, type OnChange } from './callers';
import type { Live } from './live';
import { LOADING, type LiveUpdate, closed } from './live-update';
import type { Subscription } from './subscription';
import type { Subscriptions } from './subscriptions';
import { NOTHING, WATCH_LIMIT, type Watcher, idsOf, isSame, isSessionId, partOf, unionOf } from './watched';

/**
 * The one watch that a connection may have, shared by all who watch something: whoever comes adds ids to it, whoever
 * goes takes out those that nobody else watches.
 */
export class Watch {
  private readonly watchers = new Callers<Watcher>();
  /** Those for whom there is no room, and those who name what cannot be an id: the gateway would refuse all for it. */
  private readonly refused = new Callers<Watcher>();
  private watching: Subscription | undefined;
  /** What the gateway was asked to watch. */
  private asked: ReadonlySet<string> = new Set();
  /** Of these, what it has not answered for yet. */
  private readonly pending = new Set<string>();
  /** All of it was asked for anew, and the answer has not come. */
  private isAskedWhole = false;

  constructor(private readonly subscriptions: Subscriptions) {}

  watch(ids: readonly string[], onChange: OnChange): Live {
    const watcher: Watcher = { ids: idsOf(ids), onChange };
    let end: LiveUpdate | undefined;
    const current = () => end ?? this.seenBy(watcher);
    this.join(watcher);
    return {
      get current() {
        return current();
      },
      close: () => {
        end ??= closed(current());
        this.leave(watcher);
      },
    };
  }

  private join(watcher: Watcher): void {
    const group = this.refusalOf(watcher) ? this.refused : this.watchers;
    group.join(watcher, () => (watcher.seen = this.seenBy(watcher)));
    if (group === this.watchers) this.adjust();
  }

  private leave(watcher: Watcher): void {
    if (this.refused.leave(watcher) || !this.watchers.leave(watcher)) return;
    this.adjust();
    for (const other of this.refused) {
      if (this.refusalOf(other)) continue;
      this.refused.leave(other);
      this.join(other);
    }
  }

  /** Brings what the gateway watches to what is wanted: by the difference where it has answered, else by asking anew. */
  private adjust(): void {
    const wanted = new Set(unionOf(this.watchers));
    if (wanted.size === 0) return this.end();
    if (!this.watching) {
      this.watching = this.open();
      return;
    }
    const more = [...wanted].filter((id) => !this.asked.has(id));
    const fewer = [...this.asked].filter((id) => !wanted.has(id));
    if (more.length + fewer.length === 0) return;
    if (!this.watching.isFollowing) return this.watching.renew();
    this.asked = wanted;
    if (more.length > 0) this.add(this.watching, more);
    if (fewer.length > 0) this.drop(this.watching, fewer);
  }

  private add(watching: Subscription, more: string[]): void {
    for (const id of more) this.pending.add(id);
    watching.held.drop(more);
    watching.amend((socket, answered) => socket.emit('watch', { add: more }, answered));
  }

  /** A frame on its way may still name them. */
  private drop(watching: Subscription, fewer: string[]): void {
    const { held } = watching;
    for (const id of fewer) this.pending.delete(id);
    held.drop(fewer);
    const { view = '' } = held;
    watching.amend(
      (socket, answered) => socket.emit('unwatch', { ids: fewer, of: view }, answered),
      () => held.drop(fewer.filter((id) => !this.asked.has(id))),
    );
  }

  private end(): void {
    const { watching } = this;
    this.watching = undefined;
    this.asked = new Set();
    this.pending.clear();
    if (watching) this.subscriptions.end(watching);
  }

  private open(): Subscription {
    return this.subscriptions.open(
      {
        send: (socket, returning, answered) => {
          const ids = unionOf(this.watchers);
          for (const id of ids) if (!this.asked.has(id)) this.pending.add(id);
          this.asked = new Set(ids);
          this.isAskedWhole = true;
          const have = returning.have?.filter(([id]) => this.asked.has(id));
          socket.emit('watch', { ids, ...returning, ...(have && { have }) }, answered);
        },
        show: (cards) => ({ sessions: [...cards.values()], absent: [] }),
      },
      (all) => this.tell(all),
    );
  }

  private tell(all: LiveUpdate): void {
    const { held } = this.watching ?? {};
    if (held?.phase === 'following') this.note(held);
    this.watchers.tell((watcher) => {
      if (watcher.ids.length === 0 && all.state !== 'closed') return undefined;
      const update = partOf(watcher.ids, all, this.isAnswered);
      if (!watcher.joined && watcher.seen && isSame(update, watcher.seen)) return undefined;
      return (watcher.seen = update);
    });
    if (all.state === 'closed') this.refused.tell(() => all);
  }

  /** What the last frame answered for. */
  private note({ cards, absent, removed }: Subscription['held']): void {
    if (this.isAskedWhole) this.pending.clear();
    this.isAskedWhole = false;
    for (const id of [...cards.keys(), ...absent, ...removed.map(([id]) => id)]) this.pending.delete(id);
  }

  private readonly isAnswered = (id: string): boolean => this.asked.has(id) && !this.pending.has(id);

  private seenBy(watcher: Watcher): LiveUpdate {
    const { ids } = watcher;
    if (ids.length === 0) return NOTHING;
    const refusal = [...this.refused].includes(watcher) ? this.refusalOf(watcher) : undefined;
    if (refusal) return refusal;
    return this.watching ? partOf(ids, this.watching.current, this.isAnswered) : LOADING;
  }

  private refusalOf({ ids }: Watcher): LiveUpdate | undefined {
    const wrong = ids.find((id) => !isSessionId(id));
    const wanted = unionOf([...this.watchers, { ids }]).length;
    if (wrong === undefined && wanted <= WATCH_LIMIT) return undefined;
    const [code, error] =
      wrong === undefined
        ? ['too_many_ids', `all watches of a connection together may name ${WATCH_LIMIT} ids, not ${wanted}`]
        : ['invalid_request', `the id ${JSON.stringify(wrong)} is not a UUID`];
    return { ...NOTHING, state: 'refused', code, error, final: true };
  }
}
