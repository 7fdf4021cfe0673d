import { randomUUID } from 'node:crypto';

type TopicName = 'sessions' | 'viewers' | 'directory';

export interface BadInput {
  what: string;
  topic: TopicName;
  key: string | null;
  value: Buffer | null;
  headers?: Record<string, string | string[]>;
  /** Of the quarantine; null: it is taken. */
  reason: string | null;
}

const started = (id: string, more: object = {}) => ({
  specversion: '1.0',
  id: randomUUID(),
  source: '/bad/input',
  type: 'session.started.v1',
  subject: id,
  time: new Date().toISOString(),
  data: { title: 'Fine' },
  ...more,
});

/** A started event with one thing about it changed. */
function changed(what: string, change: object, reason: string | null = 'schema'): BadInput {
  const id = randomUUID();
  return { what, topic: 'sessions', key: id, value: Buffer.from(JSON.stringify(started(id, change))), reason };
}

function without(name: string): BadInput {
  return changed(`no ${name}`, { [name]: undefined });
}

/** A started event as text, with the bytes of its title replaced. */
function titled(what: string, title: Buffer | string, reason: string | null): BadInput {
  const id = randomUUID();
  const [before, after] = JSON.stringify(started(id, { data: { title: '@@' } })).split('@@');
  const value = Buffer.concat([Buffer.from(before ?? ''), Buffer.from(title as string), Buffer.from(after ?? '')]);
  return { what, topic: 'sessions', key: id, value, reason };
}

function raw(what: string, value: string | Buffer | null, reason: string): BadInput {
  return {
    what,
    topic: 'sessions',
    key: randomUUID(),
    value: value === null ? null : Buffer.from(value as string),
    reason,
  };
}

/** A count, written as it stands. */
function counted(count: string, reason: string | null = 'schema'): BadInput {
  const id = randomUUID();
  const text = JSON.stringify(started(id, { type: 'viewers.counted.v1', data: { viewer_count: 0 } }));
  const value = Buffer.from(text.replace('"viewer_count":0', `"viewer_count":${count}`));
  return { what: `a count of ${count}`, topic: 'viewers', key: id, value, reason };
}

function binary(
  what: string,
  headers: (id: string) => Record<string, string | string[]>,
  reason: string | null,
): BadInput {
  const id = randomUUID();
  const value = Buffer.from(JSON.stringify({ title: 'Fine' }));
  return { what, topic: 'sessions', key: id, value, headers: headers(id), reason };
}

const attributes = (id: string): Record<string, string> => {
  const { data: _data, ...rest } = started(id);
  return Object.fromEntries(Object.entries(rest).map(([name, value]) => [`ce_${name}`, value]));
};

const beating = (id: string) => ({ ...attributes(id), ce_type: 'session.heartbeat.v1' });
const STRUCTURED = { 'Content-Type': 'application/cloudevents+json; charset=UTF-8' };
const BATCH = { 'content-type': 'application/cloudevents-batch+json' };
const planned = (time: string) => ({ type: 'session.updated.v1', data: { scheduled_start_time: time } });
/** So many, in an order that does not compress. */
const ideographs = (count: number) =>
  Array.from({ length: count }, (_, at) => String.fromCharCode(0x4e00 + ((at * at * 7919) % 20_000))).join('');

const DAY_MS = 86_400_000;
const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, at]));

/** Every kind of input that a service has to survive, each as somebody could send it. Made anew for each call. */
export function badInputs(): BadInput[] {
  const nobody = randomUUID();
  return [
    raw('an empty value', '', 'no-value'),
    raw('a tombstone where there are none', null, 'no-value'),
    { ...changed('no key', {}), key: null, reason: 'no-key' },
    { ...changed('another key', {}), key: randomUUID(), reason: 'key-mismatch' },
    raw('not JSON', 'session started!', 'not-json'),
    raw('a truncated event', '{"specversion":"1.0","id":"1","sou', 'not-json'),
    raw('a byte order mark', `\uFEFF${JSON.stringify(started(nobody))}`, 'not-json'),
    raw('no object', '[]', 'schema'),
    raw('null', 'null', 'schema'),
    raw('1e400', '1e400', 'schema'),
    titled('invalid UTF-8', Buffer.from([0xc3, 0x28]), 'not-utf8'),
    titled('a lone surrogate', 'Half \\ud800', 'schema'),
    titled('a NUL', 'Null \\u0000', 'schema'),
    titled('a title that is too long', 'x'.repeat(10_000), 'schema'),
    titled('emoji', 'On air 🎧', null),
    raw('10 000 levels', '['.repeat(10_000) + ']'.repeat(10_000), 'schema'),
    changed('100 000 unknown keys', { data: { title: 'Fine', ...keys(50_000) } }, null),
    raw('__proto__', '{"__proto__":{"type":"session.started.v1"}}', 'schema'),
    titled('duplicate keys', 'First","title":"Last', null),
    ...['specversion', 'id', 'source', 'type', 'subject', 'time'].map(without),
    changed('an empty id', { id: '' }),
    changed('another specversion', { specversion: '0.3' }),
    changed('a subject that is no UUID', { subject: 'my stream' }),
    changed('an unknown type', { type: 'session.paused.v1' }, 'unknown-type'),
    changed('a future version', { type: 'session.started.v2' }, 'unknown-type'),
    changed('a type like a method', { type: 'valueOf' }, 'unknown-type'),
    changed('a type of another topic', { type: 'room.changed.v1' }, 'wrong-topic'),
    changed('a time without zone', { time: '2026-11-24T12:00:00' }),
    changed('the year 0', { time: '0000-01-01T00:00:00Z' }),
    changed('a day ahead', { time: new Date(Date.now() + DAY_MS).toISOString() }, null),
    changed('an unknown field', { data: { title: 'Fine', colour: 'red' } }, null),
    changed('a fractional sequence', { sequence: '1.5' }, null),
    binary('binary mode', attributes, null),
    binary('binary mode with a header twice', (id) => ({ ...attributes(id), ce_id: ['a', 'b'] }), 'schema'),
    binary('binary mode without a time', (id) => ({ ...attributes(id), ce_time: '' }), 'schema'),
    { ...binary('a heartbeat with a null value', beating, null), value: null },
    { ...binary('a heartbeat with zero bytes', beating, null), value: Buffer.alloc(0) },
    binary('binary mode with an equal header twice', (id) => ({ ...attributes(id), ce_source: ['/a', '/a'] }), null),
    { ...changed('structured, beside other attributes', {}, null), headers: { ...beating(nobody), ...STRUCTURED } },
    { ...changed('the content type of a batch', {}, 'content-type'), headers: BATCH },
    changed('data in base64', { data: undefined, data_base64: 'eyJ0aXRsZSI6IkZpbmUifQ' }, null),
    changed('data in base64 beside data', { data_base64: 'e30=' }, 'data-base64'),
    changed('a time in small letters', { time: new Date().toISOString().toLowerCase() }, null),
    { ...raw('zero bytes on the directory', '', 'no-value'), topic: 'directory', reason: null },
    changed('a plan at the end of the year 9999', planned('9999-12-31T23:59:59Z'), null),
    changed('a plan after it', planned('9999-12-31T23:59:59-01:00')),
    changed('a source that no index can hold', { source: ideographs(1024) }),
    changed('a URL with a NUL', { data: { title: 'Fine', hls_url: 'https://x.example/\u0000' } }),
    ...['-1', '1.5', '1e12', '"5"', 'null', 'true'].map((count) => counted(count)),
    counted('NaN', 'not-json'),
    counted('7', null),
  ];
}
