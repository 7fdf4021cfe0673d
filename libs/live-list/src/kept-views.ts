import type { SocketRefusal } from '#libs/contracts';
import { AddressRate } from './address-rate';
import { type KnownAsk, RETRY_AFTER_MS, refusal } from './ask';
import type { LiveList } from './live-list';
import { type ListQuestion, type ViewClass, classOf } from './question';
import type { View } from './view';

/** How many views of each class one address may have made, of those that are kept. */
export type ViewShares = Record<ViewClass, number>;

/** A new view is looked for among all sessions: an address may make its share of them at once, then so many a second. */
const NEW_PER_SECOND = 50;
const NEW_AT_ONCE = 100;

/**
 * The views that are kept: each is charged to the address that made it until it is dropped, which is some time after
 * its last follower has left, or at once when others need the room.
 */
export class KeptViews {
  private readonly makers = new Map<View, string>();
  private readonly charged = new Map<string, ViewShares>();
  /** Since when nobody follows them, the longest first. */
  private readonly idleSince = new Map<View, number>();
  /** The same ones by class and address. */
  private readonly idle: Record<ViewClass, Map<string, Set<View>>> = {
    list: new Map(),
    text: new Map(),
  };
  private rate: AddressRate | undefined;

  constructor(
    private readonly list: LiveList,
    private readonly shares: ViewShares,
  ) {}

  /** The view that is asked for, made if there is none, or why it cannot be made now. */
  of({ audience, text, address }: KnownAsk<unknown>, question: ListQuestion, now: number): View | SocketRefusal {
    const known = this.list.find(text);
    if (known) return known;
    const of = classOf(question);
    if (this.chargedTo(address, of) >= this.shares[of] && !this.dropOne(of, address)) {
      return refusal('too_many_views', `at most ${this.shares[of]} ${WHAT[of]} an address`, RETRY_AFTER_MS);
    }
    const waitMs = this.newViews(now).take(address, now);
    if (waitMs > 0) return refusal('rate_limited', 'too many new questions from your address', waitMs);
    const make = () => this.list.view(question, audience, now, text);
    const view = make() ?? (this.dropOne(of, this.greediest(of)) ? make() : undefined);
    if (!view) return refusal('too_many_views', `this gateway has as many ${WHAT[of]} as it may have`, RETRY_AFTER_MS);
    this.charge(view, of, address);
    this.abandon(view, now);
    return view;
  }

  /** Somebody follows it. */
  use(view: View): void {
    if (!this.idleSince.delete(view)) return;
    const of = this.idle[classOf(view.question)];
    const address = this.makers.get(view) ?? '';
    const views = of.get(address);
    views?.delete(view);
    if (views?.size === 0) of.delete(address);
  }

  /** Nobody follows it. */
  abandon(view: View, now: number): void {
    const address = this.makers.get(view);
    if (address === undefined || this.idleSince.has(view)) return;
    const of = this.idle[classOf(view.question)];
    this.idleSince.set(view, now);
    of.set(address, (of.get(address) ?? new Set()).add(view));
  }

  /** Drops those that nobody has followed since then. */
  dropIdle(since: number): void {
    for (const [view, at] of this.idleSince) {
      if (at > since) return;
      this.drop(view);
    }
  }

  /** How many views of a class are charged to an address. */
  chargedTo(address: string, of: ViewClass): number {
    return this.charged.get(address)?.[of] ?? 0;
  }

  private newViews(now: number): AddressRate {
    const burst = Math.max(NEW_AT_ONCE, ...Object.values(this.shares));
    return (this.rate ??= new AddressRate(NEW_PER_SECOND, burst, now));
  }

  /** Drops the view of an address that is idle longest; whether there was one. */
  private dropOne(of: ViewClass, address: string | undefined): boolean {
    const [view] = this.idle[of].get(address ?? '') ?? [];
    if (view) this.drop(view);
    return view !== undefined;
  }

  /** Of those with an idle view the address that has the most views. */
  private greediest(of: ViewClass): string | undefined {
    let found: string | undefined;
    for (const address of this.idle[of].keys()) {
      if (found === undefined || this.chargedTo(address, of) > this.chargedTo(found, of)) found = address;
    }
    return found;
  }

  private charge(view: View, of: ViewClass, address: string): void {
    const charged = this.charged.get(address) ?? { list: 0, text: 0 };
    charged[of] += 1;
    this.charged.set(address, charged);
    this.makers.set(view, address);
  }

  private drop(view: View): void {
    this.list.drop(view);
    this.use(view);
    const address = this.makers.get(view) ?? '';
    this.makers.delete(view);
    const charged = this.charged.get(address);
    if (!charged) return;
    charged[classOf(view.question)] -= 1;
    if (charged.list + charged.text === 0) this.charged.delete(address);
  }
}

const WHAT: Record<ViewClass, string> = { list: 'views', text: 'views with a text' };
