/**
 * The client of Marquee, for browsers and Node.
 *
 *     const marquee = new Marquee({ gateway: 'http://localhost:3001', api: 'http://localhost:3000' });
 *     const live = marquee.live({ status: 'live', sort: 'viewer_count', limit: 50 }, (update) => {
 *       update.state;     // 'loading' | 'live' | 'stale' | 'refused' | 'closed', which says what else there is
 *       update.sessions;  // readonly Card[], sorted, at most `limit`
 *       update.total;     // how many there are in all
 *       update.removed;   // [id, why][]: who left with this change
 *     });
 *     const watch = marquee.watch([id], (update) => …);         // exact counts; update.absent: not open
 *     live.current; live.change({ q: 'ramen' }, { keepPrevious: true }); live.close(); watch.close(); marquee.close();
 *
 *     for await (const session of marquee.list({ status: 'ended', q: 'ramen' })) …;      // over all pages
 *     await marquee.get(id); await marquee.stats(); await marquee.viewers(id, { step: 60 }); marquee.room(roomId);
 *     await marquee.emit({ type: 'session.started.v1', subject: id, data: { title } });   // options: events, source, apiKey
 *
 * It reconnects, resumes and repairs gaps by itself; what it holds stays, marked `stale`, while it cannot.
 */
export type {
  Card,
  ErrorDetail,
  RemoveReason,
  RestSession,
  Stats,
  ViewQueryInput,
  ViewersPoint,
} from '#libs/contracts';
export type { OnChange } from './callers';
export type { ConnectionState, ConnectionStatus, ConnectionTrouble } from './connection-status';
export type { DebugEvent, FrameOutcome } from './debug';
export { EmitError, type EmitOutcome, type RefusedEvent } from './emit/emit-error';
export type { Emitted } from './emit/emitted';
export type { CloudEvent, EventInput, EventType } from './emit/event';
export type { EventData } from './emit/event-data';
export { newId } from './emit/new-id';
export { MarqueeError, type MarqueeErrorCode } from './http/marquee-error';
export type { SessionList, SessionPage } from './list/session-list';
export type { SessionQuery, Time } from './list/session-query';
export type { ChangeOptions, Live, LiveList } from './live';
export type {
  Closed,
  ListState,
  LiveUpdate,
  Loading,
  Refused,
  Shown,
  Stale,
  StaleReason,
  UpToDate,
} from './live-update';
export type { Answered, ViewersHistory, ViewersRange } from './lookup/lookups';
export { type Abortable, Marquee, type MarqueeOptions } from './marquee';
export type { Token, TokenSource } from './token-source';
export { WATCH_LIMIT } from './watched';
