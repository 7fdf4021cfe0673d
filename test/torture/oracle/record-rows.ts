export interface SessionRow {
  id: string;
  version: number;
  status: string;
  health: string | null;
  started_at: Date | null;
  ended_at: Date | null;
  end_reason: string | null;
  created_at: Date;
  counts_after: Date | null;
  listed: boolean;
  deleted: boolean;
  half_lease_ms: number | null;
  /** When the watchdog is to look at it next. */
  due: Date | null;
  /** Of its fold. */
  fold_version: number;
  [field: string]: unknown;
}

export interface CountsRow {
  session_id: string;
  version: string;
  viewer_count: number;
  viewer_count_at: Date;
  max_viewers: number;
  max_viewers_at: Date;
}

export interface QuarantineRow {
  topic: string;
  partition: number;
  offset: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Buffer;
  reason: string;
  error: string;
  state: string;
}

export interface InboxRow {
  identity: string;
  day: string;
}

/** A start's hold on a room; `at` in epoch µs. */
export interface ClaimRow {
  session_id: string;
  at: string;
  seq: string;
  source: string;
  event_id: string;
  room_id: string | null;
}

export interface SignalsRow {
  session_id: string;
  last_signal_at: Date | null;
  calm: boolean;
}

export interface EntityRow {
  id: string;
  kind: string | null;
  state: Record<string, unknown> | null;
}
