'use client';

/**
 * Live lists in React.
 *
 *     const client = new Marquee({ gateway });                       // once, outside of components
 *     <MarqueeProvider client={client}>…</MarqueeProvider>
 *     const { sessions, total, state } = useLiveSessions({ sort: 'viewer_count', limit: 10 });
 *     const { sessions, absent } = useWatchedSessions([id]);
 *     const { state, trouble } = useConnectionStatus();
 */
export type { Card, ViewQueryInput } from '#libs/contracts';
export type { ConnectionState, ConnectionStatus, ConnectionTrouble } from '../connection-status';
export type { ListState, LiveUpdate } from '../subscription';
export * from './hooks';
export * from './provider';
