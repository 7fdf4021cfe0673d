import type { FrozenLists } from '#libs/session-store';
import type { OrderHead } from './packed-order';

/** Which parts of an order are read: some of the open and some of the past ids, and whether others are in it. */
export interface Wanted {
  open: { from: number; count: number };
  past: { from: number; count: number };
  /** Ids of past sessions of which it is asked whether the order has them. */
  known: readonly string[];
}

export interface ReadPart extends OrderHead {
  open: string[];
  past: string[];
  /**
   * Those of `Wanted.known` that are in the order, or were given on the page before it was frozen; asked only where it has a
   * `rest`.
   */
  known: Set<string>;
}

/**
 * Orders that are kept for walks. An order of a name is never exchanged for another one in silence: each has a nonce. All
 * methods throw a Refusal: 503 when the place where they are kept is away, 429 for who keeps too many.
 */
export interface FrozenOrders {
  /** A part of an order; null: there is none of this name and nonce (any more). Reading keeps it for longer. */
  read(name: string, nonce: string, wanted: Wanted): Promise<ReadPart | null>;
  /**
   * The nonce of the order of a name. Where there is none it is made of what `freeze` gives, without `given`, the ids
   * of the page before; where two make one at once, both get the nonce of the one that is kept.
   */
  begin(name: string, asker: string, given: readonly string[], freeze: () => Promise<FrozenLists>): Promise<string>;
}
