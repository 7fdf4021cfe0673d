import { MAX_WATCHED, type SocketRefusal, type Subscribed } from '#libs/contracts';
import { answer } from '../answer';
import { type KnownAsk, refusal } from '../ask';
import { DueTimes } from '../due-times';
import type { LiveList } from '../live-list';
import { nameOf } from '../name-of';
import type { Outlet } from '../outlet';
import { BEGINNING } from '../position';
import { type WatchQuestion, watchName } from '../question';
import type { SlowListeners } from '../slow-listeners';
import { SILENCE_MS, type Staleness } from '../staleness';
import type { WatchedSession } from './watched-session';
import { type WatchLimits, WatchShares } from './watch-shares';
import { WatchJobs } from './watch-jobs';
import { WatchSender } from './watch-sender';
import { Watcher } from './watcher';

/**
 * Who watches which sessions. A listener has one watch, that is one view with one chain of frames. A session's change
 * makes a job for all who watch it; each of them is sent everything that it lacks, and who lacks the same is sent the
 * same frame. A slow listener is passed over, and sent what it lacks once it has drained.
 */
export class Watches<L> {
  private readonly watchers = new Map<L, Watcher<L>>();
  /** When to look whether a watcher has heard nothing for a while. */
  private readonly silences = new DueTimes<Watcher<L>>();
  private readonly shares: WatchShares;
  /** Who is to be sent something. */
  readonly jobs: WatchJobs<L>;
  private readonly sender: WatchSender<L>;

  constructor(
    private readonly list: LiveList,
    private readonly outlet: Outlet<L>,
    slow: SlowListeners<L>,
    private readonly staleness: Staleness,
    limits: WatchLimits,
  ) {
    this.shares = new WatchShares(limits);
    this.sender = new WatchSender(list, outlet, slow, staleness);
    this.jobs = new WatchJobs(this.watchers, this.sender);
  }

  /** What the listener watches; null: nothing. */
  of(listener: L): Watcher<L> | null {
    return this.watchers.get(listener) ?? null;
  }

  /** Answers a `watch`: from here on these and no others. */
  follow(ask: KnownAsk<L>, { ids }: WatchQuestion, now: number): void {
    const { listener, returning, hearsReply, reply, audience, address } = ask;
    const before = this.watchers.get(listener);
    const refused = this.shares.charge(address, ids.length - (before?.sessions.length ?? 0));
    if (refused) return reply(refused);
    const sessions = ids.map((id) => this.list.watched.of(id, audience));
    const { nextChange } = this.list.watched;
    const name = nameOf(watchName(audience));
    const watcher = new Watcher(
      listener,
      name,
      audience,
      address,
      sessions,
      () => this.list.position ?? BEGINNING,
      nextChange,
    );
    this.watchers.set(listener, watcher);
    for (const session of sessions) session.watchers.add(watcher);
    // Released last, so that sessions in both watches are not dropped.
    if (before) this.release(before);
    watcher.arrive();
    const given = answer(watcher, returning, hearsReply);
    reply(given.ack);
    if ('snapshot' in given) this.outlet.send({ event: 'snapshot', frame: given.snapshot }, listener);
    if ('delta' in given) this.outlet.send({ event: 'delta', frame: given.delta }, listener);
    watcher.spokeAt = now;
    this.silences.add(watcher, now + SILENCE_MS);
    if (this.staleness.isStale) this.sender.sendHeartbeat(watcher, now);
  }

  /** Answers a `watch` of more: the next frame of the watch tells them. */
  more(
    watcher: Watcher<L>,
    ids: readonly string[],
    reply: (answer: Subscribed | SocketRefusal) => void,
    now: number,
  ): void {
    const known = new Set(watcher.ids);
    const added = [...new Set(ids)].filter((id) => !known.has(id));
    if (known.size + added.length > MAX_WATCHED) {
      return reply(refusal('too_many_ids', `at most ${MAX_WATCHED} sessions a connection`));
    }
    const refused = this.shares.charge(watcher.address, added.length);
    if (refused) return reply(refused);
    const again = ids.filter((id) => known.has(id)).map((id) => this.list.watched.of(id, watcher.audience));
    const sessions = added.map((id) => this.list.watched.of(id, watcher.audience));
    for (const session of sessions) session.watchers.add(watcher);
    watcher.sessions.push(...sessions);
    reply(sameOf(watcher));
    watcher.added.push(...sessions, ...again);
    this.sender.deliver([watcher], now);
  }

  /** Takes these out of the watch; the listener may not have been told of them. */
  less(watcher: Watcher<L>, ids: ReadonlySet<string>): void {
    const gone = watcher.sessions.filter(({ id }) => ids.has(id));
    watcher.sessions = watcher.sessions.filter(({ id }) => !ids.has(id));
    watcher.added = watcher.added.filter(({ id }) => !ids.has(id));
    for (const session of gone) this.unwatch(watcher, session);
    this.shares.uncharge(watcher.address, gone.length);
    watcher.total = -1;
  }

  /** The listener watches nothing more; whether it did. */
  leave(listener: L): boolean {
    const watcher = this.watchers.get(listener);
    if (!watcher) return false;
    this.release(watcher);
    this.shares.uncharge(watcher.address, watcher.sessions.length);
    this.watchers.delete(listener);
    return true;
  }

  /** What was made of the state before it changed must not be sent any more. */
  changed(): void {
    this.sender.changed();
  }

  /** Says to everybody where they are, and how fresh that is; `jobs` sends it. */
  heartbeatAll(): void {
    this.sender.changed();
    this.jobs.withHeartbeat(this.watchers.values());
  }

  /** What time brings: sessions whose change is due, and heartbeats of those who heard nothing for a while. */
  step(now: number): void {
    this.sender.changed();
    this.tellDue(now);
    const silent = this.takeSilent(now);
    if (silent.length > 0) this.jobs.withHeartbeat(silent.values());
  }

  /** Makes jobs of the changes that are due. */
  tellDue(now: number): void {
    for (const session of this.list.takeDueWatched(now)) {
      session.toldAt = now;
      this.jobs.ofChange(session);
    }
  }

  /** The listener has taken all that was sent before. */
  drained(listener: L, now: number): void {
    const watcher = this.watchers.get(listener);
    if (!watcher) return;
    if (watcher.isBehind) this.sender.deliver([watcher], now);
    if (watcher.owesHeartbeat) this.sender.sendHeartbeat(watcher, now);
  }

  /** Those who have heard nothing for a while; they are looked at again after another while. */
  private takeSilent(now: number): Watcher<L>[] {
    const looked = this.silences.take(now);
    const silent = looked.filter(({ spokeAt }) => now - spokeAt >= SILENCE_MS);
    for (const watcher of silent) watcher.spokeAt = now;
    for (const watcher of looked) this.silences.add(watcher, watcher.spokeAt + SILENCE_MS);
    return silent;
  }

  private release(watcher: Watcher<L>): void {
    this.silences.delete(watcher);
    for (const session of watcher.sessions) this.unwatch(watcher, session);
  }

  private unwatch(watcher: Watcher<L>, session: WatchedSession): void {
    session.watchers.delete(watcher);
    if (session.watchers.size === 0) this.list.unwatch(session);
  }
}

/** The ack of who holds what the watch has told, at its frame. */
export function sameOf<L>({ name, frame, position, openCount: total }: Watcher<L>): Subscribed {
  return { ok: true, view: name, frame, ...position, total, mode: 'same' };
}
