import type { RestSession } from '../rest/session';

export const SESSION_ID = '6f9c1f5e-5d0b-4c58-9a38-2f0f7f1f7a10';
const ROOM_ID = '0b6f8a4e-2c7d-4a64-8a77-6f0f4f5b1c22';
const HOST_ID = '9d3c2b1a-7e6f-4d5c-8b4a-3f2e1d0c9b8a';
/** Unix seconds: when the examples were answered. */
export const AT = 1_795_608_000;

/** A session as a caller without a key sees it. */
export const EXAMPLE_SESSION: RestSession = {
  id: SESSION_ID,
  room_id: ROOM_ID,
  room: {
    id: ROOM_ID,
    host_id: HOST_ID,
    host: {
      id: HOST_ID,
      external_user_id: null,
      organization_id: null,
      email: 'm•••@example.com',
      username: 'mara',
      role: 'host',
      is_active: true,
      created_at: '2026-01-12T09:00:00.000Z',
    },
    library_id: null,
    title: 'The Patch Bay',
    description: null,
    analytics: null,
    active_session_id: SESSION_ID,
    created_at: '2026-01-12T09:05:00.000Z',
    updated_at: '2026-11-01T18:30:00.000Z',
  },
  preset: null,
  title: 'Modular synths from scratch',
  description: null,
  status: 'live',
  mode: 'webcam',
  started_at: '2026-11-25T19:30:00.000Z',
  ended_at: null,
  duration: 1800,
  scheduled_start_time: '2026-11-25T19:30:00.000Z',
  viewer_count: 1843,
  max_viewers: 2011,
  recording_enabled: true,
  hls_url: 'https://cdn.example.com/live/6f9c1f5e/index.m3u8',
  chat_enabled_override: null,
  stage_enabled_override: null,
  max_join_limit_override: null,
  effective_chat_enabled: null,
  effective_stage_enabled: null,
  effective_max_join_limit: null,
  created_at: '2026-11-24T10:00:00.000Z',
  updated_at: '2026-11-25T19:30:00.000Z',
  viewer_count_at: '2026-11-25T19:59:58.000Z',
  max_viewers_at: '2026-11-25T19:48:20.000Z',
  health: 'ok',
  end_reason: null,
  version: 4,
};

/** An event as a producer sends it. */
export const EXAMPLE_EVENT = {
  specversion: '1.0',
  id: '01J9Z3',
  source: '/studio',
  type: 'session.started.v1',
  subject: SESSION_ID,
  time: '2026-11-25T19:30:00.000Z',
  data: { room_id: ROOM_ID, title: 'Modular synths from scratch', mode: 'webcam' },
};

/** Answers, by the name of their schema. */
export const EXAMPLE_ANSWERS = {
  SessionList: {
    success: true,
    data: {
      sessions: [EXAMPLE_SESSION],
      total: 214,
      total_exact: true,
      page: 1,
      limit: 1,
      next_cursor: 'WyJzZXNzaW9ucyIsMl0',
    },
    timestamp: AT,
  },
  SessionAnswer: { success: true, data: EXAMPLE_SESSION, timestamp: AT },
  StatsAnswer: {
    success: true,
    data: { total_sessions: 90_412, live_now: 214, scheduled: 61, ended: 90_105, expired: 32, viewers_now: 48_210 },
    timestamp: AT,
  },
  ViewersAnswer: {
    success: true,
    data: {
      session_id: SESSION_ID,
      from: '2026-11-25T19:30:00.000Z',
      to: '2026-11-25T20:00:00.001Z',
      step: 10,
      parts: [{ from: '2026-11-25T19:30:00.000Z', step: 10 }],
      counts_visible: true,
      points: [{ at: '2026-11-25T19:30:00.000Z', min: 3, max: 41, last: 41 }],
      max_viewers: 2011,
      max_viewers_at: '2026-11-25T19:48:20.000Z',
    },
    timestamp: AT,
  },
  EventsAnswer: {
    success: true,
    data: {
      session_id: SESSION_ID,
      events: [
        {
          id: '01J9Z3',
          source: '/studio',
          type: 'session.started.v1',
          time: '2026-11-25T19:30:00.000Z',
          sequence: '0',
          timing: null,
          received_at: '2026-11-25T19:30:00.120Z',
          recorded_at: '2026-11-25T19:30:00.120Z',
          did: 'applied',
          flags: [],
          place: { topic: 'marquee.sessions', partition: 7, offset: '90412' },
          data: { title: 'Modular synths from scratch', mode: 'webcam' },
        },
        {
          id: '4711.0',
          source: 'marquee',
          type: 'derived',
          time: '2026-11-25T20:01:00.000Z',
          sequence: '0',
          timing: null,
          received_at: '2026-11-25T20:01:02.000Z',
          recorded_at: '2026-11-25T20:01:02.000Z',
          did: 'derived',
          flags: [],
          place: null,
          data: { status: 'ended', health: null, end_reason: 'lost' },
        },
      ],
      next_cursor: null,
    },
    timestamp: AT,
  },
  SentEventsAnswer: {
    success: true,
    data: {
      accepted: [
        { index: 0, id: '01J9Z3', source: '/studio', topic: 'marquee.sessions', partition: 7, offset: '90412' },
      ],
    },
    timestamp: AT,
  },
  EventPlaceAnswer: {
    success: true,
    data: {
      topic: 'marquee.sessions',
      partition: 7,
      offset: '90412',
      state: 'recorded',
      event: { id: '01J9Z3', source: '/studio', type: 'session.started.v1' },
      subject: SESSION_ID,
      did: 'applied',
      flags: [],
      recorded_at: '2026-11-25T19:30:00.120Z',
      version: 4,
      projected: true,
    },
    timestamp: AT,
  },
};

/** The first event of a stream in which nothing is on. */
export const EXAMPLE_STREAM_EVENT = {
  event: 'snapshot',
  id: '7.4211',
  data: '{"view":"kq3x9","frame":12,"epoch":7,"seq":4211,"total":0,"sessions":[]}',
};
