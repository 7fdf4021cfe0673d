/** All that the board takes from the SDK, in one place. */
export { Marquee, MarqueeError, newId } from '#libs/client';
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
