import type {
  ByeFrame,
  DeltaFrame,
  ErrorFrame,
  HeartbeatFrame,
  LeftFrame,
  ResetFrame,
  SnapshotFrame,
  TokenExpiresFrame,
} from './frames';
import type {
  Done,
  SocketRefusal,
  SubscribeRequestInput,
  Subscribed,
  TokenRequest,
  TokenTaken,
  UnwatchRequest,
  WatchMoreRequest,
  WatchRequestInput,
} from './requests';

/** The largest message a client may send, in bytes. */
export const MAX_REQUEST_BYTES = 32 * 1024;

/** Socket.IO's typed maps, namespace `/`. Every client event may ask for an ack; without one a refusal is an `error`. */
export interface ClientToServerEvents {
  subscribe: (request: SubscribeRequestInput, ack: (answer: Subscribed | SocketRefusal) => void) => void;
  unsubscribe: (request: { view: string }, ack: (answer: Done | SocketRefusal) => void) => void;
  /** `ids`: these and no others. `add`: these as well; the next delta of the watch tells them. */
  watch: (request: WatchRequestInput | WatchMoreRequest, ack: (answer: Subscribed | SocketRefusal) => void) => void;
  /** With some left it is answered as `watch`: for who holds the view (`of`) by `same`, else by a snapshot. */
  unwatch: (request: UnwatchRequest, ack: (answer: Subscribed | Done | SocketRefusal) => void) => void;
  /** Another token in place of the one that was shown; refused, the one before holds until its own end. */
  token: (request: TokenRequest, ack: (answer: TokenTaken | SocketRefusal) => void) => void;
}

export interface ServerToClientEvents {
  snapshot: (frame: SnapshotFrame) => void;
  delta: (frame: DeltaFrame) => void;
  heartbeat: (frame: HeartbeatFrame) => void;
  reset: (frame: ResetFrame) => void;
  left: (frame: LeftFrame) => void;
  token_expires: (frame: TokenExpiresFrame) => void;
  bye: (frame: ByeFrame) => void;
  error: (frame: ErrorFrame) => void;
}
