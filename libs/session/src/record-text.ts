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
  l?: WrittenRegister;
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
}

/** A record as compact JSON text, without its id; equal for equal records. */
export function encodeRecord(record: SessionRecord): string {
  const { fields, lease, heartbeats, end, started_at: startedAt, last_signal_at: signalAt, deleted } = record;
  const { first_scheduled, last_scheduled, first_start, last_start, checked_at: checkedAt } = record;
  const tokens = tokensOf(record);
  const placeOf = (token: EventToken) => tokens.findIndex((one) => compareTokens(one, token) === 0);
  const registerOf = ({ value, token }: Register<unknown>): WrittenRegister => [value, placeOf(token)];
  const places = FIELDS.findLastIndex((name) => fields[name] !== undefined) + 1;
  const written: Written = {
    t: tokens.map((token, place) => writtenToken(token, tokens.slice(0, place))),
    ...(places > 0 && {
      f: FIELDS.slice(0, places).map((name) => {
        const register = fields[name];
        return register ? registerOf(register) : 0;
      }),
    }),
    ...(lease && { l: registerOf(lease) }),
    ...(heartbeats && { h: 1 }),
    ...(first_scheduled && last_scheduled && { p: [placeOf(first_scheduled), placeOf(last_scheduled)] }),
    ...(first_start && last_start && { s: [placeOf(first_start), placeOf(last_start)] }),
    ...(startedAt !== undefined && { b: startedAt }),
    ...(end && { e: [end.value.at, end.value.reason, placeOf(end.token)] }),
    ...(signalAt !== undefined && { g: signalAt }),
    ...(deleted && { d: 1 }),
    ...(checkedAt !== undefined && { c: checkedAt }),
  };
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
  } = JSON.parse(text) as Written;
  const tokens = readTokens(t);
  const tokenAt = (place: number): EventToken => {
    const token = tokens[place];
    if (!token) throw new Error(`fold of session ${id}: there is no token ${place}, it has ${tokens.length}`);
    return token;
  };
  const registerOf = ([value, place]: WrittenRegister) => ({ value, token: tokenAt(place) });
  const fields = Object.fromEntries(
    FIELDS.flatMap((name, place) => (f[place] ? [[name, registerOf(f[place])] as const] : [])),
  ) as SessionRecord['fields'];
  return {
    id,
    fields,
    ...(lease && { lease: registerOf(lease) as Register<number> }),
    ...(heartbeats && { heartbeats: true }),
    ...(p && { first_scheduled: tokenAt(p[0]), last_scheduled: tokenAt(p[1]) }),
    ...(s && { first_start: tokenAt(s[0]), last_start: tokenAt(s[1]) }),
    ...(startedAt !== undefined && { started_at: startedAt }),
    ...(end && { end: { value: { at: end[0], reason: end[1] }, token: tokenAt(end[2]) } }),
    ...(signalAt !== undefined && { last_signal_at: signalAt }),
    ...(d && { deleted: true }),
    ...(c !== undefined && { checked_at: c }),
  };
}

/** The tokens of a record, each once, in their order. */
function tokensOf({ fields, lease, end, ...record }: SessionRecord): EventToken[] {
  const registers = [...Object.values(fields), lease, end].map((register) => register?.token);
  const all = [...registers, record.first_scheduled, record.last_scheduled, record.first_start, record.last_start];
  return all
    .filter((token) => token !== undefined)
    .sort(compareTokens)
    .filter((token, place, sorted) => {
      const before = sorted[place - 1];
      return before === undefined || compareTokens(before, token) !== 0;
    });
}

function writtenToken({ at, id, source, seq }: EventToken, before: readonly EventToken[]): WrittenToken {
  const same = before.findIndex((token) => token.source === source);
  const from = same < 0 ? source : same;
  return seq === '0' ? [at, id, from] : [at, id, from, seq];
}

function readTokens(written: readonly WrittenToken[]): EventToken[] {
  const tokens: EventToken[] = [];
  for (const [at, id, from, seq = '0'] of written) {
    tokens.push({ at, seq, source: typeof from === 'string' ? from : (tokens[from]?.source ?? ''), id });
  }
  return tokens;
}
