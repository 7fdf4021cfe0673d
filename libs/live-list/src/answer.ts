import type { DeltaFrame, Held, Position, SnapshotFrame, Subscribed } from '#libs/contracts';
import { isBefore } from './position';
import type { View } from './view';

/** What a returning client says. */
export interface Returning {
  at?: Position;
  of?: string;
  have?: readonly Held[];
}

/** The ack, and the frame that follows it (none when the client lacks nothing). */
export type Answer =
  | { ack: Subscribed & { mode: 'snapshot' }; snapshot: SnapshotFrame }
  | { ack: Subscribed & { mode: 'delta' }; delta: DeltaFrame }
  | { ack: Subscribed & { mode: 'same' } };

/**
 * What must happen before a view can answer somebody who was at `at`: the log has to pass it (`log`), or the view has
 * to be framed (`frame`); else it would take the client back to an earlier state.
 */
export function lacks(view: View, log: Position, at: Position | undefined): 'log' | 'frame' | null {
  if (!at || view.contains(at)) return null;
  return isBefore(log, at) ? 'log' : 'frame';
}

/** Brings a client to the state of the view's last frame. Stateless: all that it needs is what the client says. */
export function answer(view: View, { of, have }: Returning): Answer {
  const { name, frame, position, total } = view;
  const place = { ok: true as const, view: name, frame, ...position, total };
  if (of !== name || !have) return { ack: { ...place, mode: 'snapshot' }, snapshot: view.snapshot() };
  const { delta, isEmpty } = view.from(have);
  return isEmpty ? { ack: { ...place, mode: 'same' } } : { ack: { ...place, mode: 'delta' }, delta };
}
