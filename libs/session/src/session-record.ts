import type { SessionEvent } from '#libs/contracts';
import type { Register } from './register';
import type { EventToken } from './token';

/**
 * A parsed event of a session. `at`: its clamped time, what it is ordered by, epoch µs; `brokerTime`: the broker's
 * timestamp, epoch ms.
 */
export type SessionFact = SessionEvent & { at: number; brokerTime: number };

/** What producers say of a session, each field on its own. */
export interface SessionFields {
  /** Said once: who must move gets a new session. */
  room_id: string | null;
  preset_id: string | null;
  title: string | null;
  description: string | null;
  mode: 'webcam' | 'rtmp' | null;
  scheduled_start_time: number | null;
  hls_url: string | null;
  recording_enabled: boolean | null;
  chat_enabled_override: boolean | null;
  stage_enabled_override: boolean | null;
  max_join_limit_override: number | null;
}

/**
 * A session as the fold keeps it: nothing but registers, greatest and least values, so that any order, duplication and
 * batching of the same events gives the same record. Plain JSON.
 */
export interface SessionRecord {
  id: string;
  /** Of each field what was said last, by token; of `room_id` what was said first. */
  fields: { [F in keyof SessionFields]?: Register<SessionFields[F]> };
  /** Seconds of the promise, by the starts that made one. */
  lease?: Register<number>;
  /** It has sent a heartbeat at least once. */
  heartbeats?: true;
  first_scheduled?: EventToken;
  last_scheduled?: EventToken;
  first_start?: EventToken;
  last_start?: EventToken;
  /** The least of all starts. */
  started_at?: number;
  /** The end with the greatest token. */
  end?: Register<{ at: number; reason: string | null }>;
  /** The greatest signal time of its starts and heartbeats (`signalTimeOf`). */
  last_signal_at?: number;
  deleted?: true;
  /** It left the record before, by this ingest watermark: what the broker got earlier was taken then, and is forgotten. */
  left_at?: number;
  /** The greatest ingest watermark that a watchdog looked with and that changed the answer. */
  checked_at?: number;
}
