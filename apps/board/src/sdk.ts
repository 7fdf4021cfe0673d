/** All that the board takes from the SDK, in one place. */
export { Marquee, MarqueeError } from '#libs/client';
export type {
  Card,
  DebugEvent,
  ListState,
  LiveUpdate,
  RemoveReason,
  RestSession,
  SessionPage,
  Stats,
  ViewQueryInput,
  ViewersHistory,
} from '#libs/client';
export {
  MarqueeProvider,
  useConnectionStatus,
  useLiveSessions,
  useMarquee,
  useWatchedSessions,
} from '../../../libs/client/src/react';
/** The package does not export it. Where a page was not loaded by TLS, browsers have no `crypto.randomUUID`. */
export { newId } from '../../../libs/client/src/emit/new-id';
