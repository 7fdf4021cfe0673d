import { type SocketRefusal, isBefore } from '#libs/contracts';
import { answer } from './answer';
import { type KnownAsk, RETRY_AFTER_MS, refusal } from './ask';
import type { Fanout } from './fanout';
import type { KeptViews } from './kept-views';
import type { LiveList } from './live-list';
import type { Outlet } from './outlet';
import { isWithinReach } from './position';
import type { View } from './view';
import type { WaitingRoom } from './waiting-room';
import type { Watches } from './watch/watches';

const WAIT_LIMIT_MS = 2000;
const FRAME_APART_MS = 50;
/** Who has waited too long is told so: at most so many in one step. */
const GIVEN_UP_PER_STEP = 200;
const WAITING_PER_RETRY_SECOND = 1000;

interface Parts<L> {
  list: LiveList;
  outlet: Outlet<L>;
  fanout: Fanout<L>;
  watches: Watches<L>;
  kept: KeptViews;
  room: WaitingRoom<L>;
  /** Publishes the next frame of a view; false: nothing has changed. */
  frame: (view: View, now: number) => boolean;
}

/** Answers who asks for a view, at once or as soon as the view has come to where the listener was; within 2 s. */
export class Answering<L> {
  constructor(private readonly parts: Parts<L>) {}

  /** `since`: from when on it counts as waiting. */
  answerOrWait(ask: KnownAsk<L>, since: number, now: number): void {
    const lack = this.tryAnswer(ask, now);
    if (!lack) return;
    const { at } = ask.returning;
    const { position } = this.parts.list;
    if (at && position && !isWithinReach(at, position)) return ask.reply(this.tooLate());
    const refused = this.parts.room.enter(ask, lack, since);
    if (refused === 'address') {
      ask.reply(refusal('rate_limited', 'too many from your address wait to be answered', RETRY_AFTER_MS));
    } else if (refused) ask.reply(this.tooLate());
  }

  /** Lets in those whose view has rested, and sends away those who have waited too long. */
  step(now: number): void {
    const { list, room } = this.parts;
    for (const text of room.resting()) {
      const view = list.find(text);
      if (!view || isRested(view, now)) room.rested(text);
    }
    for (const ask of room.takeLate(now - WAIT_LIMIT_MS, GIVEN_UP_PER_STEP)) ask.reply(this.tooLate());
  }

  /** What is lacking before it can be answered; null: it has been. */
  private tryAnswer(ask: KnownAsk<L>, now: number): 'log' | 'rest' | null {
    const { position } = this.parts.list;
    const { question } = ask;
    const { at } = ask.returning;
    if (!position || (at && isBefore(position, at))) return 'log';
    if (question.kind === 'watch') {
      this.parts.watches.follow(ask, question, now);
      return null;
    }
    const view = this.parts.kept.of(ask, question, now);
    if ('ok' in view) {
      ask.reply(view);
      return null;
    }
    const isOlder = at !== undefined && !view.contains(at);
    if (isOlder && !isRested(view, now)) return 'rest';
    // A view that nobody follows has not been framed for a while.
    if (isOlder || (isRested(view, now) && !this.parts.fanout.hasFollowers(view))) this.parts.frame(view, now);
    this.welcome(ask, view, now);
    return null;
  }

  private welcome({ listener, returning, hearsReply, reply }: KnownAsk<L>, view: View, now: number): void {
    const given = answer(view, returning, hearsReply);
    reply(given.ack);
    if ('snapshot' in given) this.parts.outlet.send({ event: 'snapshot', frame: given.snapshot }, listener);
    if ('delta' in given) this.parts.outlet.send({ event: 'delta', frame: given.delta }, listener);
    this.parts.fanout.follow(view, listener, now);
    this.parts.kept.use(view);
  }

  /** The more wait, the later they come again. */
  private tooLate(): SocketRefusal {
    const afterMs = RETRY_AFTER_MS * (1 + Math.floor(this.parts.room.taken / WAITING_PER_RETRY_SECOND));
    return this.parts.list.position
      ? refusal('behind', 'you are ahead of this gateway', afterMs)
      : refusal('unavailable', 'the live list is not loaded yet', afterMs);
  }
}

function isRested(view: View, now: number): boolean {
  return now - view.framedAt >= FRAME_APART_MS;
}
