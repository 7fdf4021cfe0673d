import type { Position } from '#libs/contracts';
import { type KnownAsk, refusal } from './ask';
import { LogQueue } from './log-queue';
import { BEGINNING } from './position';

export interface WaitingLimits {
  /** Places that those of one address may take. */
  perAddress: number;
  inAll: number;
}

/** What somebody waits for: that the log passes a position, that the view may be framed again, or only for its turn. */
type For = 'log' | 'rest' | 'turn';

interface Waiting<L> {
  ask: KnownAsk<L>;
  /** Epoch ms. */
  since: number;
  waitsFor: For;
}

/** What a client holds is kept while it waits: so many rows take one more place. */
const ROWS_PER_PLACE = 50;

/**
 * Those who cannot be answered yet. Nobody is looked at before what it waits for has happened, so that any number who
 * wait cost those who are served nothing.
 */
export class WaitingRoom<L> {
  private readonly byListener = new Map<L, Map<string, Waiting<L>>>();
  /** Who waited longest comes first; those whose turn has come are not among them. */
  private readonly byTime = new Set<Waiting<L>>();
  private readonly forLog = new LogQueue<Waiting<L>>();
  private readonly forRest = new Map<string, Set<Waiting<L>>>();
  private readonly forTurn = new Set<Waiting<L>>();
  private readonly placesByAddress = new Map<string, number>();
  private places = 0;

  constructor(private readonly limits: WaitingLimits) {}

  /** Why there is no room: the address has its share, or the room is full. null: it waits from here on. */
  enter(ask: KnownAsk<L>, waitsFor: For, since: number): 'address' | 'full' | null {
    const places = placesOf(ask);
    const ofAddress = (this.placesByAddress.get(ask.address) ?? 0) + places;
    if (ofAddress > this.limits.perAddress) return 'address';
    if (this.places + places > this.limits.inAll) return 'full';
    this.placesByAddress.set(ask.address, ofAddress);
    this.places += places;
    const own = this.byListener.get(ask.listener) ?? new Map<string, Waiting<L>>();
    this.byListener.set(ask.listener, own);
    const waiting: Waiting<L> = { ask, since, waitsFor };
    own.set(ask.text, waiting);
    this.put(waiting, waitsFor);
    return null;
  }

  /** What the listener asked and waits for: a handful. */
  of(listener: L): KnownAsk<L>[] {
    return Array.from(this.byListener.get(listener)?.values() ?? [], ({ ask }) => ask);
  }

  /** Takes the listener's ask out; undefined when it does not wait for this view. */
  leave(listener: L, text: string): KnownAsk<L> | undefined {
    const waiting = this.byListener.get(listener)?.get(text);
    if (waiting) this.remove(waiting);
    return waiting?.ask;
  }

  /** Takes the listener's ask out and tells it so; whether there was one. */
  giveUp(listener: L, text: string): boolean {
    const waited = this.leave(listener, text);
    waited?.reply(refusal('unknown_view', 'given up'));
    return waited !== undefined;
  }

  forget(listener: L): void {
    for (const { text } of this.of(listener)) this.leave(listener, text);
  }

  /** The log has come to a position. */
  pass(position: Position): void {
    for (const waiting of this.forLog.take(position)) this.turn(waiting);
  }

  /** The views that somebody waits for because they were framed a moment ago. */
  resting(): Iterable<string> {
    return this.forRest.keys();
  }

  /** The view may be framed again. */
  rested(text: string): void {
    const all = this.forRest.get(text) ?? [];
    this.forRest.delete(text);
    for (const waiting of all) this.turn(waiting);
  }

  /** Places that are taken. */
  get taken(): number {
    return this.places;
  }

  get isTurn(): boolean {
    return this.forTurn.size > 0;
  }

  /** Takes out the next one whose turn has come, and since when it waits. */
  next(): { ask: KnownAsk<L>; since: number } | undefined {
    const [waiting] = this.forTurn;
    if (waiting) this.remove(waiting);
    return waiting;
  }

  /** Takes out at most `max` who wait since then or longer, but for their turn. */
  takeLate(since: number, max: number): KnownAsk<L>[] {
    const late: KnownAsk<L>[] = [];
    for (const waiting of this.byTime) {
      if (waiting.since > since || late.length === max) break;
      late.push(waiting.ask);
      this.remove(waiting);
    }
    return late;
  }

  private turn(waiting: Waiting<L>): void {
    this.byTime.delete(waiting);
    waiting.waitsFor = 'turn';
    this.forTurn.add(waiting);
  }

  private put(waiting: Waiting<L>, waitsFor: For): void {
    const { text, returning } = waiting.ask;
    if (waitsFor === 'turn') return this.turn(waiting);
    this.byTime.add(waiting);
    if (waitsFor === 'log') this.forLog.add(returning.at ?? BEGINNING, waiting);
    else this.forRest.set(text, (this.forRest.get(text) ?? new Set<Waiting<L>>()).add(waiting));
  }

  private remove(waiting: Waiting<L>): void {
    const { ask, waitsFor } = waiting;
    if (waitsFor === 'log') this.forLog.remove(ask.returning.at ?? BEGINNING, waiting);
    else if (waitsFor === 'turn') this.forTurn.delete(waiting);
    else this.removeResting(waiting);
    this.byTime.delete(waiting);
    this.release(ask);
    const own = this.byListener.get(ask.listener);
    own?.delete(ask.text);
    if (own?.size === 0) this.byListener.delete(ask.listener);
  }

  private removeResting(waiting: Waiting<L>): void {
    const all = this.forRest.get(waiting.ask.text);
    all?.delete(waiting);
    if (all?.size === 0) this.forRest.delete(waiting.ask.text);
  }

  private release(ask: KnownAsk<L>): void {
    const places = placesOf(ask);
    this.places -= places;
    const ofAddress = (this.placesByAddress.get(ask.address) ?? 0) - places;
    if (ofAddress > 0) this.placesByAddress.set(ask.address, ofAddress);
    else this.placesByAddress.delete(ask.address);
  }
}

function placesOf<L>({ returning }: KnownAsk<L>): number {
  return 1 + Math.floor((returning.have?.length ?? 0) / ROWS_PER_PLACE);
}
