import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRESET_FLAGS, type StoredSession } from '#libs/contracts';
import { KEYED, PUBLIC, type Presentable, presentCard, presentSession, shownCount } from '../src';

const example = JSON.parse(
  readFileSync(join(__dirname, '..', '..', '..', 'test', 'golden', 'rest', 'sessions-list.example.json'), 'utf8'),
) as { data: { sessions: [Record<string, unknown>] } };

const T = Date.UTC(2026, 10, 20, 18);

const session: StoredSession = {
  id: '8d5b7a52-3f0e-4c0f-9a39-0d8f0c1c7e01',
  version: 3,
  room_id: '5c1a4f7e-2a6d-4c0b-8a55-1f0f6f3f9b02',
  preset_id: 'e0c7f1b4-91c2-4a7e-8f0d-2d9a6b5c4e04',
  title: 'Friday night synthesizers',
  description: 'Modular, live and unplanned.',
  status: 'live',
  health: 'ok',
  mode: 'webcam',
  started_at: T,
  ended_at: null,
  end_reason: null,
  scheduled_start_time: T,
  hls_url: 'https://cdn.example.com/live.m3u8',
  recording_enabled: true,
  chat_enabled_override: null,
  stage_enabled_override: true,
  max_join_limit_override: null,
  counts_after: null,
  created_at: T,
  updated_at: T,
};

const shown: Presentable = {
  session,
  counts: { version: 1, viewer_count: 12_345, viewer_count_at: T + 1000, max_viewers: 99_999, max_viewers_at: T + 500 },
  room: {
    id: session.room_id ?? '',
    host_id: 'b5a2e0de-7f0d-4bb1-9f55-6f8c2f1a3d03',
    title: 'The Patch Bay',
    analytics: { google_tag_manager: { container_id: 'GTM-ABC123', enabled: true } },
    created_at: T,
    updated_at: T,
  },
  host: {
    id: 'b5a2e0de-7f0d-4bb1-9f55-6f8c2f1a3d03',
    username: 'mara',
    email: 'mara@example.com',
    external_user_id: 'u-1009',
    organization_id: 'f3b1d2c4-5e6f-4a7b-8c9d-0e1f2a3b4c05',
    role: 'host',
    is_active: true,
    created_at: T,
  },
  preset: {
    id: session.preset_id ?? '',
    name: 'Concert',
    type: 'whip',
    max_join_limit: 100,
    ...Object.fromEntries(PRESET_FLAGS.map((name) => [name, true])),
  },
  activeSessionId: session.id,
};

function expectShape(answer: unknown, contract: unknown, path: string): void {
  if (answer === null) return;
  if (typeof contract !== 'object' || contract === null) {
    expect({ path, type: typeof answer }).toEqual({ path, type: typeof contract });
    return;
  }
  const keys = Object.keys(answer as object);
  for (const [key, value] of Object.entries(contract)) {
    expect({ path: `${path}.${key}`, present: keys.includes(key) }).toEqual({ path: `${path}.${key}`, present: true });
    expectShape((answer as Record<string, unknown>)[key], value, `${path}.${key}`);
  }
}

describe('presenting a session', () => {
  it('has the keys and types of the contract at every level', () => {
    expectShape(presentSession(shown, KEYED, T), example.data.sessions[0], 'session');
    const bare = { ...shown, counts: null, room: null, host: null, preset: null, activeSessionId: null };
    expectShape(presentSession(bare, PUBLIC, T), example.data.sessions[0], 'session');
  });

  it('C15: masks what is private without a key', () => {
    const { room } = presentSession(shown, PUBLIC, T);
    expect(room?.host).toMatchObject({ email: 'm•••@example.com', external_user_id: null, organization_id: null });
    expect(presentSession(shown, KEYED, T).room?.host).toMatchObject({
      email: 'mara@example.com',
      external_user_id: 'u-1009',
    });
  });

  it.each([
    ['its preset hides', { ...shown.preset, id: 'p', viewer_count_visible: false }],
    ['its preset, not yet known, may hide', null],
  ])('shows neither count nor peak that %s', (_name, preset) => {
    const nothing = { viewer_count: null, max_viewers: null };
    expect(presentSession({ ...shown, preset }, KEYED, T)).toMatchObject({
      ...nothing,
      viewer_count_at: null,
      max_viewers_at: null,
    });
    expect(presentCard({ ...shown, preset }, PUBLIC)).toMatchObject(nothing);
    expect(presentCard({ ...shown, preset }, PUBLIC, true)).toMatchObject(nothing);
  });

  it('takes an override before the preset’s value', () => {
    expect(presentSession(shown, PUBLIC, T)).toMatchObject({
      effective_chat_enabled: true,
      effective_stage_enabled: true,
      effective_max_join_limit: 100,
    });
    const off = { ...shown, session: { ...session, chat_enabled_override: false, max_join_limit_override: 5 } };
    expect(presentSession(off, PUBLIC, T)).toMatchObject({
      effective_chat_enabled: false,
      effective_max_join_limit: 5,
    });
  });

  it('counts only while live, with a count newer than the last end; keeps the peak', () => {
    const restarted = { ...shown, session: { ...session, counts_after: T + 2000 } };
    expect(presentSession(restarted, PUBLIC, T)).toMatchObject({ viewer_count: null, max_viewers: 99_999 });
    const over = { ...shown, session: { ...session, status: 'ended' as const, ended_at: T + 61_500 } };
    expect(presentSession(over, PUBLIC, T)).toMatchObject({ viewer_count: 0, max_viewers: 99_999, duration: 61 });
  });

  it('runs the duration of a live session to now', () => {
    expect(presentSession(shown, PUBLIC, T + 5999).duration).toBe(5);
  });

  it.each([
    [0, 0],
    [999, 999],
    [1000, 1000],
    [1009, 1000],
    [12_345, 12_300],
    [100_000_000, 100_000_000],
    [99_999, 99_900],
  ])('shows %d as %d in pushed lists', (count, expected) => expect(shownCount(count)).toBe(expected));
});
