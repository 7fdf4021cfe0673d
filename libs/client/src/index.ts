/**
 * The client of Marquee, for browsers and Node.
 *
 *     const marquee = new Marquee({ gateway: 'http://localhost:3001' });
 *     const stop = marquee.onState((state) => …);              // 'connecting' | 'connected' | 'closed'
 *     const live = marquee.live({ status: 'live', sort: 'viewer_count', limit: 50 }, (update) => {
 *       update.sessions;  // readonly Card[], sorted, at most `limit`
 *       update.total;     // how many there are in all
 *       update.state;     // 'loading' | 'live' | 'stale' | 'refused'
 *       update.removed;   // [id, why][]: who left with this change
 *     });
 *     const watch = marquee.watch([id], (update) => …);         // exact counts; update.absent: not open
 *     live.current; live.close(); watch.close(); marquee.close();
 *
 * It reconnects, resumes and repairs gaps by itself; what it holds stays, marked `stale`, while it cannot.
 */
export type { Card, RemoveReason, ViewQueryInput } from '#libs/contracts';
export type { ConnectionState } from './connection';
export * from './held-list';
export type { Live } from './live';
export * from './marquee';
export * from './shown-order';
export { WATCH_LIMIT, WatchLimitError } from './watched';
export type { ListState, LiveUpdate } from './subscription';
