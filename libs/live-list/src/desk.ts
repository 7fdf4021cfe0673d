import type { Position, ProjectionChange, Refusal, RefusalCode, Subscribed } from '#libs/contracts';
import { type Returning, answer, lacks } from './answer';
import { Fanout, QUEUE_LIMIT_BYTES } from './fanout';
import type { LiveList } from './live-list';
import type { Outlet } from './outlet';
import type { Audience } from './presentation';
import { type Question, viewName } from './question';
import type { View } from './view';

/** A listener asks for a view, new or returning. `reply` is called once, before the frame that it announces. */
export interface Ask<L> {
  listener: L;
  question: Question;
  audience: Audience;
  returning: Returning;
  reply(answer: Subscribed | Refusal): void;
}

interface Waiting<L> extends Ask<L> {
  since: number;
}

const WAIT_LIMIT_MS = 2000;
const FRAME_APART_MS = 50;
const IDLE_LIMIT_MS = 10_000;
/** Where more are due at once (a new epoch touches them all), the others follow in the next steps. */
const FRAMES_PER_STEP = 100;
const RETRY_AFTER_MS = 1000;

/**
 * Where listeners ask, and from where frames go out to them. Whoever owns it feeds the changes, calls `step` every few
 * ms and `pump` while there is more; all answers and frames leave through the outlet.
 */
export class Desk<L> {
  readonly fanout: Fanout<L>;
  private waiting: Waiting<L>[] = [];
  private readonly idleSince = new Map<View, number>();

  constructor(
    private readonly list: LiveList,
    private readonly outlet: Outlet<L>,
    private readonly limits: { viewsPerListener: number },
  ) {
    this.fanout = new Fanout(outlet);
  }

  load(changes: Iterable<ProjectionChange>, position: Position, now: number): void {
    this.list.load(changes, position, now);
    this.retry(now);
  }

  apply(changes: readonly ProjectionChange[], position: Position, now: number): void {
    this.list.apply(changes, position, now);
    this.retry(now);
  }

  /** Answers now, or as soon as the view has come to where the listener was; within 2 s. */
  ask(ask: Ask<L>, now: number): void {
    if (this.outlet.queued(ask.listener) > QUEUE_LIMIT_BYTES) {
      return ask.reply(refusal('rate_limited', 'take what was sent to you first', RETRY_AFTER_MS));
    }
    const name = viewName(ask.question, ask.audience);
    this.leave(ask.listener, name);
    if (ask.question.kind === 'list' && this.viewsOf(ask.listener, name) >= this.limits.viewsPerListener) {
      return ask.reply(refusal('too_many_views', `at most ${this.limits.viewsPerListener} views a connection`));
    }
    if (!this.tryAnswer(ask, now)) this.waiting.push({ ...ask, since: now });
  }

  /** Whether the listener followed, or waited for, the view of this name. */
  leave(listener: L, name: string): boolean {
    const followed = this.fanout.followed(listener).find((view) => view.name === name);
    const still = this.waiting.filter(
      (ask) => ask.listener !== listener || viewName(ask.question, ask.audience) !== name,
    );
    const waited = this.waiting.filter((ask) => !still.includes(ask));
    this.waiting = still;
    for (const ask of waited) ask.reply(refusal('unknown_view', 'given up'));
    return followed ? this.fanout.leave(followed, listener) : waited.length > 0;
  }

  /** What time brings: frames that are due, heartbeats, answers that waited long enough, slow listeners, idle views. */
  step(now: number): void {
    const due = this.list.dueAt(now).filter((view) => this.fanout.hasFollowers(view));
    for (const view of due.slice(0, FRAMES_PER_STEP)) this.frame(view, now);
    for (const view of this.fanout.silentAt(now)) if (!this.frame(view, now)) this.fanout.heartbeat(view, now);
    this.retry(now);
    this.giveUp(now);
    this.fanout.tend(now);
    this.dropIdle(now, IDLE_LIMIT_MS);
  }

  /** The listener is gone. */
  forget(listener: L): void {
    this.waiting = this.waiting.filter((ask) => ask.listener !== listener);
    this.fanout.forget(listener);
  }

  private retry(now: number): void {
    const { waiting } = this;
    this.waiting = [];
    this.waiting.push(...waiting.filter((ask) => !this.tryAnswer(ask, now)));
  }

  private giveUp(now: number): void {
    const late = this.waiting.filter(({ since }) => now - since >= WAIT_LIMIT_MS);
    if (late.length === 0) return;
    this.waiting = this.waiting.filter((ask) => !late.includes(ask));
    for (const ask of late) {
      if (this.list.position) ask.reply(refusal('behind', 'you are ahead of this gateway', RETRY_AFTER_MS));
      else ask.reply(refusal('unavailable', 'the live list is not loaded yet', RETRY_AFTER_MS));
    }
  }

  private tryAnswer(ask: Ask<L>, now: number): boolean {
    const { position } = this.list;
    if (!position) return false;
    const view = this.view(ask, now);
    if (!view) {
      ask.reply(refusal('too_many_views', 'this gateway has as many views as it may have', RETRY_AFTER_MS));
      return true;
    }
    const lack = lacks(view, position, ask.returning.at);
    const isRested = now - view.framedAt >= FRAME_APART_MS;
    if (lack && (lack === 'log' || !isRested)) return false;
    // Nobody is at its last frame: it may as well be of now.
    if (lack || (isRested && !this.fanout.hasFollowers(view))) this.frame(view, now);
    this.welcome(ask, view, now);
    return true;
  }

  private view({ question, audience }: Ask<L>, now: number): View | undefined {
    const view = this.list.view(question, audience, now);
    if (view) return view;
    this.dropIdle(now, 0);
    return this.list.view(question, audience, now);
  }

  private welcome(ask: Ask<L>, view: View, now: number): void {
    const given = answer(view, ask.returning);
    ask.reply(given.ack);
    if ('snapshot' in given) this.outlet.send({ event: 'snapshot', frame: given.snapshot }, ask.listener);
    if ('delta' in given) this.outlet.send({ event: 'delta', frame: given.delta }, ask.listener);
    if (ask.question.kind === 'watch') this.leaveOtherWatches(ask.listener, view);
    this.fanout.follow(view, ask.listener, now);
    this.idleSince.delete(view);
  }

  /** A listener has one watch. */
  private leaveOtherWatches(listener: L, kept: View): void {
    for (const view of this.fanout.followed(listener)) {
      if (view.question.kind === 'watch' && view !== kept) this.fanout.leave(view, listener);
    }
  }

  private frame(view: View, now: number): boolean {
    const delta = this.list.frame(view, now);
    if (delta) this.fanout.publish(view, delta, now);
    return delta !== null;
  }

  private viewsOf(listener: L, except: string): number {
    const followed = this.fanout.followed(listener).filter(({ question }) => question.kind === 'list');
    const waited = this.waiting.filter((ask) => ask.listener === listener && ask.question.kind === 'list');
    const names = [...followed.map(({ name }) => name), ...waited.map((ask) => viewName(ask.question, ask.audience))];
    return new Set(names.filter((name) => name !== except)).size;
  }

  private dropIdle(now: number, limitMs: number): void {
    for (const view of this.list.views()) {
      if (this.fanout.hasFollowers(view)) continue;
      const since = this.idleSince.get(view) ?? now;
      this.idleSince.set(view, since);
      if (now - since < limitMs) continue;
      this.list.drop(view);
      this.idleSince.delete(view);
    }
  }
}

function refusal(code: RefusalCode, error: string, retryAfterMs?: number): Refusal {
  return { ok: false, code, error, ...(retryAfterMs ? { retry_after_ms: retryAfterMs } : {}) };
}
