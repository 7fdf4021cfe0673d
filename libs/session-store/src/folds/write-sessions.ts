import { hash } from 'node:crypto';
import type { Derived } from '#libs/session';
import type { QueryRunner } from 'typeorm';
import { type Columns, EPOCH_MS, unnest } from '../columns';
import { copyInto } from '../wire/copy-into';

/** The content of a session as its wide row shows it. */
export type SessionContent = Omit<Derived, 'next_check_at'>;
export type SessionRow = SessionContent & { version: number };

const CONTENT_COLUMNS: Columns<SessionContent> = [
  ['id', 'uuid'],
  ['room_id', 'uuid'],
  ['preset_id', 'uuid'],
  ['title', 'text'],
  ['description', 'text'],
  ['status', 'text'],
  ['health', 'text'],
  ['mode', 'text'],
  ['started_at', EPOCH_MS],
  ['ended_at', EPOCH_MS],
  ['end_reason', 'text'],
  ['scheduled_start_time', EPOCH_MS],
  ['hls_url', 'text'],
  ['recording_enabled', 'boolean'],
  ['chat_enabled_override', 'boolean'],
  ['stage_enabled_override', 'boolean'],
  ['max_join_limit_override', 'bigint'],
  ['counts_after', EPOCH_MS],
  ['created_at', EPOCH_MS],
  ['updated_at', EPOCH_MS],
  ['listed', 'boolean'],
  ['deleted', 'boolean'],
];
const COLUMNS: Columns<SessionRow> = [...CONTENT_COLUMNS, ['version', 'bigint']];

/** 16 bytes that differ where the content does: of all columns, and of nothing else. */
export function contentDigest(content: SessionContent): Buffer {
  const text = JSON.stringify(CONTENT_COLUMNS.map(([name]) => content[name]));
  return hash('sha256', text, 'buffer').subarray(0, 16);
}

export function insertSessions(runner: QueryRunner, rows: readonly SessionRow[]): Promise<void> {
  return copyInto(runner, 'sessions', COLUMNS, rows);
}

/** How a session was shown before. */
export type ShownBefore = Pick<SessionRow, 'id' | 'status' | 'health' | 'end_reason' | 'listed'>;

export async function updateSessions(runner: QueryRunner, rows: readonly SessionRow[]): Promise<ShownBefore[]> {
  if (rows.length === 0) return [];
  const [before] = (await runner.query(UPDATE, unnest(COLUMNS, rows).values)) as [ShownBefore[], number];
  return before;
}

const UPDATE = `
  UPDATE sessions s SET
    room_id = given.room_id, preset_id = given.preset_id, title = given.title, description = given.description,
    status = given.status, health = given.health, mode = given.mode, started_at = given.started_at,
    ended_at = given.ended_at, end_reason = given.end_reason, scheduled_start_time = given.scheduled_start_time,
    hls_url = given.hls_url, recording_enabled = given.recording_enabled,
    chat_enabled_override = given.chat_enabled_override, stage_enabled_override = given.stage_enabled_override,
    max_join_limit_override = given.max_join_limit_override, counts_after = given.counts_after,
    created_at = given.created_at, updated_at = given.updated_at, listed = given.listed, deleted = given.deleted,
    version = given.version
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::timestamptz[], $10::timestamptz[], $11::text[], $12::timestamptz[], $13::text[], $14::boolean[], $15::boolean[],
    $16::boolean[], $17::bigint[], $18::timestamptz[], $19::timestamptz[], $20::timestamptz[], $21::boolean[],
    $22::boolean[], $23::bigint[])
    AS given (id, room_id, preset_id, title, description, status, health, mode, started_at, ended_at, end_reason,
      scheduled_start_time, hls_url, recording_enabled, chat_enabled_override, stage_enabled_override,
      max_join_limit_override, counts_after, created_at, updated_at, listed, deleted, version)
    JOIN sessions old ON old.id = given.id
  WHERE s.id = given.id RETURNING s.id, old.status, old.health, old.end_reason, old.listed`;
