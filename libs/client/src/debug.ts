import type { SocketRefusal } from '#libs/contracts';
import type { ConnectionStatus } from './connection-status';
import type { Asker } from './live-socket';

/** What a frame did: it was applied; it showed a gap; or nobody waits for it (an answer is on its way, or it is old). */
export type FrameOutcome = 'applied' | 'gap' | 'dropped';

interface FrameOfView {
  view: string;
  frame?: number;
  prev?: number | null;
}

/** What happens on the wire, as it happens: for a debugging panel, or a log. `time`: epoch ms by this clock. */
export type DebugEvent = { time: number } & (
  | { type: 'attempt'; attempt: number; hasToken: boolean }
  | { type: 'status'; status: ConnectionStatus }
  /** A message to the gateway; the text of a token is left out. */
  | { type: 'request'; number: number; event: string; payload: object }
  /** Its answer. */
  | { type: 'ack'; number: number; event: string; answer: { ok: true } | SocketRefusal; tookMs: number }
  /** `bytes`: of the message as JSON in UTF-8, before compression. `prev`: the frame before it; null: a difference to what was sent. */
  | { type: 'frame'; event: string; frame: FrameOfView; bytes: number; outcome: FrameOutcome }
  /** A frame is missing after `held`: the view is asked anew. */
  | { type: 'gap'; view: string; held: number }
  /** What was missing is there. */
  | { type: 'repair'; view: string; frame: number; tookMs: number }
);

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

export type Report = (event: Without<DebugEvent, 'time'>) => void;

export function bytesOf(event: string, frame: object): number {
  return new TextEncoder().encode(`42${JSON.stringify([event, frame])}`).length;
}

/** The same socket, whose requests and acks are reported, without the text of a token. */
export function reporting(socket: Asker, report: Report): Asker {
  let requests = 0;
  const emit = (event: string, payload: { token?: string | null }, answered: (answer: never) => void) => {
    const number = (requests += 1);
    const started = Date.now();
    report({ type: 'request', number, event, payload: payload.token ? { token: '…' } : payload });
    socket.emit(event as 'unsubscribe', payload as never, (answer) => {
      report({ type: 'ack', number, event, answer, tookMs: Date.now() - started });
      answered(answer as never);
    });
  };
  return { emit } as unknown as Asker;
}
