'use client';

/**
 * Live lists in React.
 *
 *     const client = new Marquee({ gateway });                       // once, outside of components
 *     <MarqueeProvider client={client}>…</MarqueeProvider>
 *     const list = useLiveSessions({ sort: 'viewer_count', limit: 10 }, { keepPrevious: true });
 *     const { sessions, absent } = useWatchedSessions([id]);
 *     const { session, isOpen } = useSession(id);
 *     const { state, trouble } = useConnectionStatus();
 */
export type { Card, ViewQueryInput } from '#libs/contracts';
export type { ConnectionState, ConnectionStatus, ConnectionTrouble } from '../connection-status';
export type { ChangeOptions } from '../live';
export type { Closed, ListState, LiveUpdate, Loading, Refused, Shown, Stale, StaleReason, UpToDate } from '../live-update';
export * from './hooks';
export * from './provider';
