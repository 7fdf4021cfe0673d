import type { ServerToClientEvents } from '#libs/contracts';

/** `error` answers a request, and `token_expires` is about the connection: no view sends them. */
type FrameEvent = Exclude<keyof ServerToClientEvents, 'error' | 'token_expires'>;

/** A frame with the name of its event. */
export type Sent = {
  [E in FrameEvent]: { event: E; frame: Parameters<ServerToClientEvents[E]>[0] };
}[FrameEvent];

/** Where frames leave to the listeners `L` (sockets). What is sent to one of them arrives in order, or not at all. */
export interface Outlet<L> {
  /** One frame to many, its bytes built once. Those that cannot take it without queueing are returned, unsent. */
  broadcast(sent: Sent, to: readonly L[]): readonly L[];
  /** To one, queued where it must be. */
  send(sent: Sent, to: L): void;
  /** Bytes that wait for the listener to take them; 0: it has taken all. */
  queued(listener: L): number;
  /** Closes, after a `bye` where it still fits. */
  dismiss(listener: L, reason: string): void;
}
