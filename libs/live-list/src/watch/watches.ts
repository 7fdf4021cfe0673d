import { MAX_WATCHED, type Refusal, type Subscribed } from '#libs/contracts';
import { answer } from '../answer';
import { type KnownAsk, refusal } from '../ask';
import { DueTimes } from '../due-times';
import type { LiveList } from '../live-list';
import { nameOf } from '../name-of';
import type { Outlet, Sent } from '../outlet';
import { type WatchQuestion, watchName } from '../question';
import type { SlowListeners } from '../slow-listeners';
import type { Staleness } from '../staleness';
import type { WatchedSession } from './watched-session';
import { Watcher } from './watcher';

export interface WatchLimits {
  /** Sessions that the listeners of one address may watch, together. */
  perAddress: number;
  inAll: number;
}

/** Watchers that are to be sent something, in slices. */
interface Job<L> {
  rest: Iterator<Watcher<L>>;
  /** Only those who lack its last change; undefined: all of them, and with a heartbeat. */
  session: WatchedSession | undefined;
}

const SILENCE_MS = 10_000;
const RETRY_AFTER_MS = 1000;

/**
 * Who watches which sessions. A listener has one watch, that is one view with one chain of frames. A session's change
 * makes a job for all who watch it; each of them is sent everything that it lacks, and who lacks the same is sent the
 * same frame. A slow listener is passed over, and sent what it lacks once it has drained.
 */
export class Watches<L> {
  private readonly watchers = new Map<L, Watcher<L>>();
  /** When to look whether a watcher has heard nothing for a while. */
  private readonly silences = new DueTimes<Watcher<L>>();
  private readonly watchedByAddress = new Map<string, number>();
  private watched = 0;
  private readonly jobs: Job<L>[] = [];
  /** Frames of this moment, by what they hold: void as soon as anything changes. */
  private readonly frames = new Map<string, Sent>();

  constructor(
    private readonly list: LiveList,
    private readonly outlet: Outlet<L>,
    private readonly slow: SlowListeners<L>,
    private readonly staleness: Staleness,
    private readonly limits: WatchLimits,
  ) {}

  /** What the listener watches; null: nothing. */
  of(listener: L): Watcher<L> | null {
    return this.watchers.get(listener) ?? null;
  }

  /** Answers a `watch`: from here on these and no others. */
  follow(ask: KnownAsk<L>, { ids }: WatchQuestion, now: number): void {
    const { listener, returning, hearsReply, reply, audience, address } = ask;
    const before = this.watchers.get(listener);
    const refused = this.charge(address, ids.length - (before?.sessions.length ?? 0));
    if (refused) return reply(refused);
    const sessions = ids.map((id) => this.list.watched.of(id, audience));
    const { nextChange } = this.list.watched;
    const name = nameOf(watchName(audience));
    const watcher = new Watcher(listener, name, audience, address, sessions, () => this.place, nextChange);
    this.watchers.set(listener, watcher);
    for (const session of sessions) session.watchers.add(watcher);
    // What both watch must not be dropped between the two.
    if (before) this.release(before);
    watcher.arrive();
    const given = answer(watcher, returning, hearsReply);
    reply(given.ack);
    if ('snapshot' in given) this.outlet.send({ event: 'snapshot', frame: given.snapshot }, listener);
    if ('delta' in given) this.outlet.send({ event: 'delta', frame: given.delta }, listener);
    watcher.spokeAt = now;
    this.silences.add(watcher, now + SILENCE_MS);
    if (this.staleness.isStale) this.sendHeartbeat(watcher, now);
  }

  /** Answers a `watch` of more: the next frame of the watch tells them. */
  more(watcher: Watcher<L>, ids: readonly string[], reply: (answer: Subscribed | Refusal) => void, now: number): void {
    const known = new Set(watcher.ids);
    const added = [...new Set(ids)].filter((id) => !known.has(id));
    if (known.size + added.length > MAX_WATCHED) {
      return reply(refusal('too_many_ids', `at most ${MAX_WATCHED} sessions a connection`));
    }
    const refused = this.charge(watcher.address, added.length);
    if (refused) return reply(refused);
    const again = ids.filter((id) => known.has(id)).map((id) => this.list.watched.of(id, watcher.audience));
    const sessions = added.map((id) => this.list.watched.of(id, watcher.audience));
    for (const session of sessions) session.watchers.add(watcher);
    watcher.sessions.push(...sessions);
    reply(sameOf(watcher));
    watcher.added.push(...sessions, ...again);
    this.deliver([watcher], now);
  }

  /** Takes these out of the watch; the listener may not have been told of them. */
  less(watcher: Watcher<L>, ids: ReadonlySet<string>): void {
    const gone = watcher.sessions.filter(({ id }) => ids.has(id));
    watcher.sessions = watcher.sessions.filter(({ id }) => !ids.has(id));
    watcher.added = watcher.added.filter(({ id }) => !ids.has(id));
    for (const session of gone) this.unwatch(watcher, session);
    this.uncharge(watcher.address, gone.length);
    watcher.total = -1;
  }

  /** The listener watches nothing more; whether it did. */
  leave(listener: L): boolean {
    const watcher = this.watchers.get(listener);
    if (!watcher) return false;
    this.release(watcher);
    this.uncharge(watcher.address, watcher.sessions.length);
    this.watchers.delete(listener);
    return true;
  }

  /** What was made of the state before it changed must not be sent any more. */
  changed(): void {
    this.frames.clear();
  }

  /** Says to everybody where they are, and how fresh that is; `pump` sends it. */
  heartbeatAll(): void {
    this.frames.clear();
    this.jobs.push({ rest: this.watchers.values(), session: undefined });
  }

  /** What time brings: sessions whose change is due, and heartbeats of those who heard nothing for a while. */
  step(now: number): void {
    this.frames.clear();
    this.tellDue(now);
    const silent = this.takeSilent(now);
    if (silent.length > 0) this.jobs.push({ rest: silent.values(), session: undefined });
  }

  /** Makes jobs of the changes that are due. */
  tellDue(now: number): void {
    for (const session of this.list.takeDueWatched(now)) {
      session.toldAt = now;
      this.jobs.push({ rest: (session.watchers as Set<Watcher<L>>).values(), session });
    }
  }

  /** Sends to at most `max` watchers; how many it looked at. */
  pump(max: number, now: number): number {
    let left = max;
    while (left > 0) {
      const [job] = this.jobs;
      if (!job) break;
      const batch = this.nextBatch(job, left);
      left -= batch.length;
      if (batch.length === 0) this.jobs.shift();
      else if (job.session) this.deliver(batch, now);
      else this.deliverWithHeartbeat(batch, now);
    }
    return max - left;
  }

  get isMore(): boolean {
    return this.jobs.length > 0;
  }

  /** The listener has taken all that was sent before. */
  drained(listener: L, now: number): void {
    const watcher = this.watchers.get(listener);
    if (!watcher) return;
    if (watcher.isBehind) this.deliver([watcher], now);
    if (watcher.owesHeartbeat) this.sendHeartbeat(watcher, now);
  }

  /** Those who have heard nothing for a while; they are looked at again after another while. */
  private takeSilent(now: number): Watcher<L>[] {
    const looked = this.silences.take(now);
    const silent = looked.filter(({ spokeAt }) => now - spokeAt >= SILENCE_MS);
    for (const watcher of silent) watcher.spokeAt = now;
    for (const watcher of looked) this.silences.add(watcher, watcher.spokeAt + SILENCE_MS);
    return silent;
  }

  private nextBatch({ rest, session }: Job<L>, max: number): Watcher<L>[] {
    const batch: Watcher<L>[] = [];
    while (batch.length < max) {
      const { value, done } = rest.next();
      if (done) break;
      if (this.watchers.get(value.listener) !== value) continue;
      if (!session || value.lacks(session)) batch.push(value);
    }
    return batch;
  }

  /** Sends each what it lacks: who lacks the same, in one broadcast. */
  private deliver(batch: readonly Watcher<L>[], now: number): void {
    const together = new Map<Sent, L[]>();
    for (const watcher of batch) {
      if (this.outlet.queued(watcher.listener) > 0) {
        this.slow.note(watcher.listener, now);
        continue;
      }
      const sent = this.nextOf(watcher);
      const listeners = together.get(sent);
      if (listeners) listeners.push(watcher.listener);
      else together.set(sent, [watcher.listener]);
      watcher.spokeAt = now;
    }
    for (const [sent, listeners] of together) {
      for (const busy of this.outlet.broadcast(sent, listeners)) this.outlet.send(sent, busy);
    }
  }

  /** The watcher's next frame: that of another one that lacks the same, where there is one. */
  private nextOf(watcher: Watcher<L>): Sent {
    if (watcher.added.length > 0) return { event: 'delta', frame: watcher.next() };
    const key = watcher.nextKey();
    const known = this.frames.get(key);
    if (known) {
      watcher.arrive();
      return known;
    }
    const sent: Sent = { event: 'delta', frame: watcher.next() };
    this.frames.set(key, sent);
    return sent;
  }

  private deliverWithHeartbeat(batch: readonly Watcher<L>[], now: number): void {
    this.deliver(
      batch.filter((watcher) => watcher.isBehind),
      now,
    );
    for (const watcher of batch) this.sendHeartbeat(watcher, now);
  }

  private sendHeartbeat(watcher: Watcher<L>, now: number): void {
    const { listener } = watcher;
    watcher.owesHeartbeat = this.outlet.queued(listener) > 0;
    if (watcher.owesHeartbeat) return this.slow.note(listener, now);
    watcher.position = this.place;
    const key = `heartbeat ${watcher.audience} ${watcher.frame} ${now}`;
    const sent = this.frames.get(key) ?? { event: 'heartbeat', frame: watcher.heartbeat(now, this.staleness.said) };
    this.frames.set(key, sent);
    for (const busy of this.outlet.broadcast(sent, [listener])) this.outlet.send(sent, busy);
    watcher.spokeAt = now;
  }

  private release(watcher: Watcher<L>): void {
    this.silences.delete(watcher);
    for (const session of watcher.sessions) this.unwatch(watcher, session);
  }

  private unwatch(watcher: Watcher<L>, session: WatchedSession): void {
    session.watchers.delete(watcher);
    if (session.watchers.size === 0) this.list.unwatch(session);
  }

  private charge(address: string, sessions: number): Refusal | null {
    const ofAddress = (this.watchedByAddress.get(address) ?? 0) + sessions;
    if (sessions > 0 && ofAddress > this.limits.perAddress) {
      return refusal('too_many_views', `at most ${this.limits.perAddress} watched sessions an address`, RETRY_AFTER_MS);
    }
    if (sessions > 0 && this.watched + sessions > this.limits.inAll) {
      return refusal('too_many_views', 'this gateway watches as many sessions as it may', RETRY_AFTER_MS);
    }
    this.uncharge(address, -sessions);
    return null;
  }

  private uncharge(address: string, sessions: number): void {
    const left = (this.watchedByAddress.get(address) ?? 0) - sessions;
    this.watched -= sessions;
    if (left > 0) this.watchedByAddress.set(address, left);
    else this.watchedByAddress.delete(address);
  }

  private get place() {
    return this.list.position ?? { epoch: 0, seq: 0 };
  }
}

/** The ack of who holds what the watch has told, at its frame. */
export function sameOf<L>({ name, frame, position, openCount: total }: Watcher<L>): Subscribed {
  return { ok: true, view: name, frame, ...position, total, mode: 'same' };
}
