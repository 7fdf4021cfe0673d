import { isPassing } from './again';
import { type RestAnswer, askRest } from './rest';

/** A message that could not be taken, as `GET /admin/quarantine` lists it. */
export interface Quarantined {
  id: string;
  topic: string;
  partition: number;
  offset: string;
  received_at: string;
  source: string;
  key: string | null;
  size: number | null;
  reason: string;
  error: string;
  last_error: string | null;
  tries: number;
}

/** Messages that could not be taken, and for which the quarantine had no room: only Kafka has their bytes. */
export interface QuarantinedRange {
  id: string;
  topic: string;
  partition: number;
  from_offset: string;
  to_offset: string;
  received_at: string;
  source: string;
  reason: string;
  messages: number;
  last_error: string | null;
  tries: number;
}

export interface QuarantineList {
  rows: Quarantined[];
  /** Of rows, on all pages. */
  total: number;
  next_after: string | null;
  /** All that are open. */
  ranges: QuarantinedRange[];
}

/** What a replay would do now: `GET /admin/quarantine/{id}/outlook`. */
export type Outlook =
  | {
      would: 'record';
      event: { type: string };
      subject: string;
      did: string | null;
      changes: { field: string; from: unknown; to: unknown }[];
    }
  | { would: 'refuse'; reason: string; error: string }
  | { would: 'unknown'; why: string };

export interface Key {
  id: string;
  name: string;
  scopes: string[];
  sources: string[] | null;
  created_at: string;
  revoked_at: string | null;
}

/** What somebody asked for, and what came of it. */
export interface Act {
  id: string;
  what: string;
  of: Record<string, unknown>;
  why: string;
  who: string;
  asked_at: string;
  state: 'asked' | 'taken' | 'done' | 'failed';
  result: Record<string, unknown> | null;
  error: string | null;
}

export type AskedAct = { why: string } & (
  | { what: 'replay' | 'discard'; ids: string[] }
  | { what: 'replay_range' | 'discard_range' | 'revoke_key'; id: string }
  | { what: 'resume'; topic: string }
);

/** Asks for an act; it is written down, and carried out a moment later. */
export function askForAct(act: AskedAct): Promise<RestAnswer<Act>> {
  return askRest<Act>('/admin/acts', { method: 'POST', body: JSON.stringify(act), contentType: 'application/json' });
}

const LOOK_EVERY_MS = 400;
/** It is carried out within a second or so, unless no process that could is there. */
const ENDS_WITHIN_MS = 20_000;

/** Follows an act to its end; with `asked` or `taken` it has not come to one in time. What refuses for good ends it too. */
export async function endOfAct(asked: Act, signal: AbortSignal): Promise<RestAnswer<Act>> {
  const until = Date.now() + ENDS_WITHIN_MS;
  for (;;) {
    const answer = await askRest<Act>(`/admin/acts/${asked.id}`, { signal });
    const isOver = answer.ok
      ? answer.data.state === 'done' || answer.data.state === 'failed'
      : !isPassing(answer.refusal);
    if (isOver || Date.now() > until) return answer;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

export async function bytesOf(id: string): Promise<string> {
  const answer = await askRest<{ value_base64: string | null }>(`/admin/quarantine/${id}`);
  if (!answer.ok) return answer.refusal.error;
  const { value_base64: value } = answer.data;
  if (value === null) return 'It has no value.';
  return new TextDecoder().decode(Uint8Array.from(atob(value), (character) => character.charCodeAt(0)));
}
