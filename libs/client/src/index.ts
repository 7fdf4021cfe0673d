/**
 * The client of Marquee, for browsers and Node.
 *
 *     const marquee = new Marquee({ gateway: 'http://localhost:3001', api: 'http://localhost:3000' });
 *     const stop = marquee.onState((state) => …);              // 'idle' | 'connecting' | 'connected' | 'closed'
 *     const live = marquee.live({ status: 'live', sort: 'viewer_count', limit: 50 }, (update) => {
 *       update.sessions;  // readonly Card[], sorted, at most `limit`
 *       update.total;     // how many there are in all
 *       update.state;     // 'loading' | 'live' | 'stale' | 'refused'
 *       update.removed;   // [id, why][]: who left with this change
 *     });
 *     const watch = marquee.watch([id], (update) => …);         // exact counts; update.absent: not open
 *     live.current; live.close(); watch.close(); marquee.close();
 *
 *     for await (const session of marquee.list({ status: 'ended', q: 'ramen' })) …;      // over all pages
 *     await marquee.emit({ type: 'session.started.v1', subject: id, data: { title } });   // options: events, source, apiKey
 *
 * It reconnects, resumes and repairs gaps by itself; what it holds stays, marked `stale`, while it cannot.
 */
export type { Card, ErrorDetail, RemoveReason, RestSession, ViewQueryInput } from '#libs/contracts';
export type { OnChange } from './callers';
export type { ConnectionState, ConnectionStatus, ConnectionTrouble } from './connection-status';
export { EmitError, type EmitOutcome, type RefusedEvent } from './emit/emit-error';
export type { Emitted } from './emit/emitted';
export type { CloudEvent, EventInput, EventType } from './emit/event';
export type { EventData } from './emit/event-data';
export * from './held-list';
export { MarqueeError, type MarqueeErrorCode } from './http/marquee-error';
export type { SessionList, SessionPage } from './list/session-list';
export type { SessionQuery } from './list/session-query';
export type { Live } from './live';
export * from './marquee';
export * from './shown-order';
export { WATCH_LIMIT, WatchLimitError } from './watched';
export type { ListState, LiveUpdate } from './subscription';
