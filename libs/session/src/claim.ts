import { tokenOf } from './evolve';
import type { SessionFact } from './session-record';
import { type EventToken, compareText, compareTokens } from './token';

/**
 * A start's hold on the room of its session: one per session and start token, kept for good. It is on no room until the
 * session has one, and moves with all others of the session when an older event that arrives late changes the room.
 */
export interface Claim {
  session: string;
  token: EventToken;
}

/** The claim that an event makes; null: only starts make one, also such that change nothing in the record. */
export function claimOf(fact: SessionFact): Claim | null {
  return fact.type === 'session.started.v1' ? { session: fact.subject, token: tokenOf(fact) } : null;
}

/** By token, then by session: negative when `a` is earlier, 0 only for the same claim. */
export function compareClaims(a: Claim, b: Claim): number {
  return compareTokens(a.token, b.token) || compareText(a.session, b.session);
}
