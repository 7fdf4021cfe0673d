import type { DeltaFrame, Held, Position, SnapshotFrame, Subscribed } from '#libs/contracts';

/** A view, or what one listener watches: its state is what its last frame said. */
export interface Answerable {
  readonly name: string;
  readonly frame: number;
  readonly total: number;
  readonly position: Position;
  snapshot(): SnapshotFrame;
  from(have: readonly Held[]): { delta: DeltaFrame; isEmpty: boolean };
}

/** What a returning client says. */
export interface Returning {
  at?: Position;
  of?: string;
  have?: readonly Held[];
}

/** The ack, and the frame that follows it (none when the client lacks nothing and hears the ack). */
export type Answer =
  | { ack: Subscribed & { mode: 'snapshot' }; snapshot: SnapshotFrame }
  | { ack: Subscribed & { mode: 'delta' }; delta: DeltaFrame }
  | { ack: Subscribed & { mode: 'same' } };

/**
 * Brings a client to the state of the view's last frame. Stateless: all that it needs is what the client says. Who
 * lacks nothing and hears no ack is sent a delta without changes, which says where it is and the total.
 */
export function answer(view: Answerable, { of, have }: Returning, hearsAck: boolean): Answer {
  const { name, frame, position, total } = view;
  const place = { ok: true as const, view: name, frame, ...position, total };
  if (of !== name || !have) return { ack: { ...place, mode: 'snapshot' }, snapshot: view.snapshot() };
  const { delta, isEmpty } = view.from(have);
  return isEmpty && hearsAck ? { ack: { ...place, mode: 'same' } } : { ack: { ...place, mode: 'delta' }, delta };
}
