import { EXAMPLE_EVENT, EXAMPLE_SESSION } from './examples';

const { subject: SESSION_ID, data: STARTED, ...rest } = EXAMPLE_EVENT;
const { room_id: ROOM_ID } = STARTED;
const HOST_ID = EXAMPLE_SESSION.room?.host_id ?? null;
const PRESET_ID = '3e2d1c0b-9a8f-4e7d-8c6b-5a4f3e2d1c0b';

const event = (type: string, subject: string | null, data?: object) => ({
  ...rest,
  type,
  subject,
  ...(data && { data }),
});

/** An event of each type, by the name of its schema. */
export const EXAMPLE_EVENTS = {
  SessionScheduled: event('session.scheduled.v1', SESSION_ID, {
    ...STARTED,
    scheduled_start_time: '2026-11-25T19:30:00.000Z',
  }),
  SessionStarted: EXAMPLE_EVENT,
  SessionUpdated: event('session.updated.v1', SESSION_ID, { title: 'Modular synths, part two', hls_url: null }),
  SessionEnded: event('session.ended.v1', SESSION_ID, { reason: 'host left' }),
  SessionHeartbeat: event('session.heartbeat.v1', SESSION_ID),
  SessionDeleted: event('session.deleted.v1', SESSION_ID),
  ViewersCounted: event('viewers.counted.v1', SESSION_ID, { viewer_count: 1843 }),
  RoomChanged: event('room.changed.v1', ROOM_ID, { host_id: HOST_ID, title: 'The Patch Bay' }),
  HostChanged: event('host.changed.v1', HOST_ID, { username: 'mara', email: 'mara@example.com', role: 'host' }),
  PresetChanged: event('preset.changed.v1', PRESET_ID, { name: 'Concert', type: 'whip', viewer_count_visible: true }),
};

const CARD = {
  id: SESSION_ID,
  room_id: ROOM_ID,
  title: 'Modular synths from scratch',
  status: 'live',
  mode: 'webcam',
  host_username: 'mara',
  room_title: 'The Patch Bay',
  started_at: '2026-11-25T19:30:00.000Z',
  scheduled_start_time: null,
  viewer_count: 1840,
  max_viewers: 2010,
  hls_url: 'https://cdn.example.com/live/6f9c1f5e/index.m3u8',
  health: 'ok',
  version: 4,
};
const PLACE = { view: 'kq3x9', epoch: 7, seq: 4211 };

/** What is said over the socket, by the name of its schema. */
export const EXAMPLE_FRAMES = {
  SubscribeRequest: { v: 1, query: { sort: 'viewer_count', limit: 50 } },
  UnsubscribeRequest: { view: 'kq3x9' },
  WatchRequest: { ids: [SESSION_ID] },
  WatchMoreRequest: { add: [SESSION_ID] },
  UnwatchRequest: { ids: [SESSION_ID], of: 'kq3x9' },
  TokenRequest: { token: 'eyJhbGciOiJFUzI1NiJ9.eyJleHAiOjE3OTU2MTE2MDB9.c2lnbmF0dXJl' },
  Subscribed: { ok: true, ...PLACE, frame: 12, total: 1, mode: 'snapshot' },
  Done: { ok: true },
  TokenTaken: { ok: true, until: 1_795_611_600_000 },
  Refusal: { ok: false, code: 'not_live', error: 'the past is not live: GET /sessions has it' },
  Snapshot: { ...PLACE, frame: 12, total: 1, sessions: [CARD] },
  Delta: { ...PLACE, prev: 12, frame: 13, seq: 4212, counts: [[SESSION_ID, 1850, 2010]] },
  Heartbeat: { ...PLACE, frame: 13, time: 1_795_608_000_000 },
  Reset: { view: 'kq3x9', reason: 'epoch' },
  Left: { view: 'kq3x9', code: 'token_expired', error: 'the token that this view was shown by has ended' },
  TokenExpires: { at: 1_795_611_600_000 },
  Bye: { reason: 'restart', retry_after_ms: 2400 },
  RequestError: { event: 'subscribe', code: 'rate_limited', error: 'too many messages', retry_after_ms: 50 },
};
