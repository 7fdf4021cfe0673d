import type { Register } from './register';
import type { SessionFields, SessionRecord } from './session-record';
import { type EventToken, compareTokens } from './token';

/** The places of fields in `f`. A new field is added at the end: what is stored stays readable. */
const FIELDS = [
  'room_id',
  'preset_id',
  'title',
  'description',
  'mode',
  'scheduled_start_time',
  'hls_url',
  'recording_enabled',
  'chat_enabled_override',
  'stage_enabled_override',
  'max_join_limit_override',
] as const satisfies readonly (keyof SessionFields)[];

/** `at`, id, source, and the sequence where there is one. A source that an earlier token has is the place of that token. */
type WrittenToken = [at: number, id: string, source: string | number, seq?: string];
/** A value and the place of its token in `t`. */
type WrittenRegister = [value: unknown, token: number];

/** A record as JSON. What a record does not have is not there. More names may come: who reads looks only for its own. */
interface Written {
  /** Every token of the record once, in their order. */
  t: WrittenToken[];
  /** The fields in the places of FIELDS; 0: nobody spoke of it; absent behind the last one. */
  f?: (WrittenRegister | 0)[];
  /** The lease. */
  l?: [seconds: number, token: number];
  /** It has heartbeats. */
  h?: 1;
  /** The first and the last token by which it was scheduled, and by which it was started. */
  p?: [first: number, last: number];
  s?: [first: number, last: number];
  /** `started_at` */
  b?: number;
  /** The end: its time, reason and token. */
  e?: [at: number, reason: string | null, token: number];
  /** `last_signal_at` */
  g?: number;
  d?: 1;
  /** `checked_at` */
  c?: number;
  /** `left_at` */
  k?: number;
}

/** A record as compact JSON text, without its id; equal for equal records. */
export function encodeRecord(record: SessionRecord): string {
  const { fields, lease, end, first_scheduled, last_scheduled, first_start, last_start } = record;
  const tokens = tokensOf(record);
  const written: Written = { t: tokens.map((token, place) => writtenToken(token, place, tokens)) };
  const places = FIELDS.findLastIndex((name) => fields[name] !== undefined) + 1;
  if (places > 0) {
    written.f = FIELDS.slice(0, places).map((name) => {
      const register = fields[name];
      return register ? [register.value, placeOf(register.token, tokens)] : 0;
    });
  }
  if (lease) written.l = [lease.value, placeOf(lease.token, tokens)];
  if (record.heartbeats) written.h = 1;
  if (first_scheduled && last_scheduled) {
    written.p = [placeOf(first_scheduled, tokens), placeOf(last_scheduled, tokens)];
  }
  if (first_start && last_start) written.s = [placeOf(first_start, tokens), placeOf(last_start, tokens)];
  if (record.started_at !== undefined) written.b = record.started_at;
  if (end) written.e = [end.value.at, end.value.reason, placeOf(end.token, tokens)];
  if (record.last_signal_at !== undefined) written.g = record.last_signal_at;
  if (record.deleted) written.d = 1;
  if (record.checked_at !== undefined) written.c = record.checked_at;
  if (record.left_at !== undefined) written.k = record.left_at;
  return JSON.stringify(written);
}

/** The record that `encodeRecord` wrote. */
export function decodeRecord(id: string, text: string): SessionRecord {
  const {
    t,
    f = [],
    l: lease,
    h: heartbeats,
    p,
    s,
    b: startedAt,
    e: end,
    g: signalAt,
    d,
    c,
    k,
  } = JSON.parse(text) as Written;
  const tokens = readTokens(t);
  const tokenAt = (place: number): EventToken => {
    const token = tokens[place];
    if (!token) throw new Error(`fold of session ${id}: there is no token ${place}, it has ${tokens.length}`);
    return token;
  };
  const fields: Record<string, Register<unknown>> = {};
  for (const [place, name] of FIELDS.entries()) {
    const register = f[place];
    if (register) fields[name] = { value: register[0], token: tokenAt(register[1]) };
  }
  const record: SessionRecord = { id, fields };
  if (lease) record.lease = { value: lease[0], token: tokenAt(lease[1]) };
  if (heartbeats) record.heartbeats = true;
  if (p) [record.first_scheduled, record.last_scheduled] = [tokenAt(p[0]), tokenAt(p[1])];
  if (s) [record.first_start, record.last_start] = [tokenAt(s[0]), tokenAt(s[1])];
  if (startedAt !== undefined) record.started_at = startedAt;
  if (end) record.end = { value: { at: end[0], reason: end[1] }, token: tokenAt(end[2]) };
  if (signalAt !== undefined) record.last_signal_at = signalAt;
  if (d) record.deleted = true;
  if (c !== undefined) record.checked_at = c;
  if (k !== undefined) record.left_at = k;
  return record;
}

/** The tokens of a record, each once, in their order. */
function tokensOf({ fields, lease, end, ...record }: SessionRecord): EventToken[] {
  const tokens: EventToken[] = [];
  // A token mostly stands in many places as one object.
  const add = (token: EventToken | undefined) => {
    if (token !== undefined && !tokens.includes(token)) tokens.push(token);
  };
  for (const name of FIELDS) add(fields[name]?.token);
  add(lease?.token);
  add(record.first_scheduled);
  add(record.last_scheduled);
  add(record.first_start);
  add(record.last_start);
  add(end?.token);
  tokens.sort(compareTokens);
  return tokens.filter((token, place) => {
    const before = tokens[place - 1];
    return before === undefined || compareTokens(before, token) !== 0;
  });
}

function placeOf(token: EventToken, tokens: readonly EventToken[]): number {
  const place = tokens.indexOf(token);
  return place >= 0 ? place : tokens.findIndex((one) => compareTokens(one, token) === 0);
}

function writtenToken({ at, id, source, seq }: EventToken, place: number, tokens: readonly EventToken[]): WrittenToken {
  const same = tokens.findIndex((token) => token.source === source);
  const from = same < place ? same : source;
  return seq === '0' ? [at, id, from] : [at, id, from, seq];
}

function readTokens(written: readonly WrittenToken[]): EventToken[] {
  const tokens: EventToken[] = [];
  for (const [at, id, from, seq = '0'] of written) {
    tokens.push({ at, seq, source: typeof from === 'string' ? from : (tokens[from]?.source ?? ''), id });
  }
  return tokens;
}
