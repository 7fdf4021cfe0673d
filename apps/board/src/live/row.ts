import type { Card, RestSession } from '../sdk';

/** A session as lists show it, whether it came from a frame or from REST. */
export interface Row extends Omit<Card, 'status'> {
  status: RestSession['status'];
  /** Of a past one. */
  ended_at: string | null;
  end_reason: string | null;
  /** It has left the list, and is shown only until the pointer does. */
  hasLeft?: boolean;
}

export function rowOfCard(card: Card): Row {
  return { ...card, ended_at: null, end_reason: null };
}

export function rowOfSession(session: RestSession): Row {
  const { id, room_id, room, title, status, mode, started_at, scheduled_start_time, viewer_count } = session;
  const { max_viewers, hls_url, health, version, ended_at, end_reason } = session;
  const names = { host_username: room?.host?.username ?? null, room_title: room?.title ?? null };
  const times = { started_at, scheduled_start_time, ended_at };
  const shown = { id, room_id, title, status, mode, viewer_count, max_viewers, hls_url, health, version, end_reason };
  return { ...shown, ...names, ...times };
}
