import type { ProjectionChange, StoredPreset, StoredRoom, StoredSession } from '#libs/contracts';
import type { Contents } from './projection';

const hex = (prefix: string, index: number) => `${prefix}0000000-0000-4000-8000-00000000000${index}`;
export const sessionId = (index: number) => hex('a', index);
const roomId = (index: number) => hex('b', index);
const hostId = (index: number) => hex('c', index);
const presetId = (index: number) => hex('d', index);

/** Something happens on the platform; small numbers choose what exactly. */
export interface Happening {
  what: 'start' | 'schedule' | 'end' | 'edit' | 'move' | 'count' | 'room' | 'host' | 'preset';
  which: number;
  how: number;
}

/** Few values, many ties, and counts around the edges of what lists show. */
const COUNTS = [0, 1, 1, 1, 1, 1, 5, 999, 1000, 1003, 1009, 1010, 12_300, 12_340, 12_399, 12_400, 1_000_000];
const START = Date.UTC(2026, 0, 1);

/** What the writer is given for it: the changes of one batch, every version greater than before. */
export function changesOf({ what, which, how }: Happening, contents: Contents): ProjectionChange[] {
  const id = sessionId(which);
  const before = contents.sessions.get(id);
  const version = Math.max(before?.version ?? 0, contents.removed.get(id)?.version ?? 0) + 1;
  const put = (fields: Partial<StoredSession>): ProjectionChange[] => [
    { kind: 'session', id, version, session: { ...(before ?? blank(id)), ...fields, version } },
    ...(before ? [] : knownCounts(id, contents)),
  ];
  switch (what) {
    case 'start':
      return put({ status: 'live', started_at: before?.started_at ?? START + (how % 4), health: 'ok', ...place(how) });
    case 'schedule':
      if (before?.status === 'live') return put({ title: `live ${how}` });
      return put({ status: 'scheduled', scheduled_start_time: how % 3 ? START + how : null, ...place(how) });
    case 'end':
      if (!before) return [];
      return [{ kind: 'removed', id, version, why: (['ended', 'expired', 'deleted'] as const)[how % 3] ?? 'ended' }];
    case 'edit':
      return before ? put({ title: `title ${how % 3}`, mode: how % 2 ? 'rtmp' : 'webcam' }) : [];
    case 'move':
      return before ? put(place(how)) : [];
    case 'count':
      return counted(id, how, contents);
    default:
      return directoryChange(what, which % 3, how, contents);
  }
}

/** A session that opens brings its counts with it: readers may have forgotten them. */
function knownCounts(id: string, contents: Contents): ProjectionChange[] {
  const counts = contents.counts.get(id);
  return counts ? [{ kind: 'counts', id, version: counts.version, counts }] : [];
}

const place = (how: number) => ({
  room_id: how % 5 === 0 ? null : roomId(how % 3),
  preset_id: how % 4 === 0 ? null : presetId(how % 3),
});

function counted(id: string, how: number, contents: Contents): ProjectionChange[] {
  const before = contents.counts.get(id);
  const reported = COUNTS[how % COUNTS.length] ?? 0;
  const version = (before?.version ?? 0) + 1;
  const peak = Math.max(before?.max_viewers ?? 0, reported);
  // A slice of events is one write: up and back again shows only in the peak.
  const count = before && how % 4 === 0 ? before.viewer_count : reported;
  const counts = { version, viewer_count: count, viewer_count_at: version, max_viewers: peak, max_viewers_at: version };
  return [{ kind: 'counts', id, version, counts }];
}

/** The sessions that show the changed entity get a new version in the same batch. */
function directoryChange(
  kind: 'room' | 'host' | 'preset',
  which: number,
  how: number,
  contents: Contents,
): ProjectionChange[] {
  const [id, known] = {
    room: [roomId(which), contents.rooms] as const,
    host: [hostId(which), contents.hosts] as const,
    preset: [presetId(which), contents.presets] as const,
  }[kind];
  const version = (known.get(id)?.version ?? 0) + 1;
  const room: StoredRoom = { title: `room ${how % 3}`, host_id: hostId(how % 3), library_id: presetId(how % 2) };
  const preset: StoredPreset = { viewer_count_visible: how % 3 === 0 ? null : how % 3 === 1 };
  const gone = how % 7 === 0;
  const change: ProjectionChange =
    kind === 'room'
      ? { kind, id, version, entity: gone ? null : room }
      : kind === 'host'
        ? { kind, id, version, entity: gone ? null : { username: `host ${how % 4}` } }
        : { kind, id, version, entity: gone ? null : preset };
  const showing = [...contents.sessions.values()].filter((session) => shows(session, kind, id, contents));
  return [
    change,
    ...showing.map((session): ProjectionChange => {
      const next = { ...session, version: session.version + 1 };
      return { kind: 'session', id: session.id, version: next.version, session: next };
    }),
  ];
}

function shows(session: StoredSession, kind: 'room' | 'host' | 'preset', id: string, contents: Contents): boolean {
  if (kind === 'preset') return session.preset_id === id;
  if (kind === 'room') return session.room_id === id;
  return contents.rooms.get(session.room_id ?? '')?.entity?.host_id === id;
}

function blank(id: string): StoredSession {
  return {
    id,
    version: 0,
    room_id: null,
    preset_id: null,
    title: null,
    description: null,
    status: 'scheduled',
    health: null,
    mode: null,
    started_at: null,
    ended_at: null,
    end_reason: null,
    scheduled_start_time: null,
    hls_url: null,
    recording_enabled: null,
    chat_enabled_override: null,
    stage_enabled_override: null,
    max_join_limit_override: null,
    counts_after: null,
    created_at: START,
    updated_at: START,
  };
}
