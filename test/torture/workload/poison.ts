import type { Random } from '../../../tools/simulator/src/random';
import type { Topic } from '../journal';
import type { CloudEvent, Message } from './event';
import { POISONED_HEADERS } from './poisoned-headers';

type Bytes = Pick<Message, 'key' | 'value'>;
type Spoil = (event: CloudEvent) => Bytes;

const json = (event: CloudEvent, change: object): Bytes => ({
  key: Buffer.from(event.subject),
  value: Buffer.from(JSON.stringify({ ...event, ...change })),
});
const bytes = (event: CloudEvent, value: Buffer | null): Bytes => ({ key: Buffer.from(event.subject), value });
const text = (event: CloudEvent) => JSON.stringify(event);

/** Records that nobody can take for an event, by name. Each makes one of a good event. */
const SPOILS: Record<string, Spoil> = {
  empty: (event) => bytes(event, Buffer.alloc(0)),
  'null key': (event) => ({ key: null, value: Buffer.from(text(event)) }),
  'tombstone on a lifecycle topic': (event) => bytes(event, null),
  'not json': (event) => bytes(event, Buffer.from('<event/>')),
  truncated: (event) => bytes(event, Buffer.from(text(event).slice(0, -7))),
  'byte order mark': (event) => bytes(event, Buffer.from(`\ufeff${text(event)}`)),
  'invalid utf-8': (event) => bytes(event, Buffer.concat([Buffer.from(text(event)), Buffer.from([0xc3, 0x28])])),
  'lone surrogate': (event) => bytes(event, Buffer.from(text({ ...event, id: '@@' }).replace('@@', '\\ud800'))),
  nul: (event) => json(event, { source: 'a\u0000b' }),
  'too large': (event) => json(event, { padding: 'x'.repeat(1_000_001) }),
  'nested deep': (event) => bytes(event, Buffer.from('['.repeat(10_000) + ']'.repeat(10_000))),
  'time without zone': (event) => json(event, { time: '2026-01-01T00:00:00' }),
  'year 0': (event) => json(event, { time: '0000-01-01T00:00:00Z' }),
  'key is not the subject': (event) => json(event, { subject: '00000000-0000-4000-8000-000000000000' }),
  'unknown type': (event) => json(event, { type: 'valueOf' }),
  'future version': (event) => json(event, { type: event.type.replace('.v1', '.v9') }),
  'no id': (event) => json(event, { id: undefined }),
  'other specversion': (event) => json(event, { specversion: '0.3' }),
};

const COUNTS: Record<string, unknown> = {
  'negative count': -1,
  'fractional count': 1.5,
  'count as text': '12',
  'count of 1e12': 1e12,
  'no count': undefined,
};

const count =
  (viewer_count: unknown): Spoil =>
  (event) =>
    json(event, { data: { viewer_count } });
const ON_VIEWERS = {
  ...SPOILS,
  ...Object.fromEntries(Object.entries(COUNTS).map(([name, value]) => [name, count(value)])),
  'count of 1e400': (event: CloudEvent) =>
    bytes(event, Buffer.from(text({ ...event, data: { viewer_count: 424242 } }).replace('424242', '1e400'))),
};

/** A compacted topic refuses what has no key, and deletes an entity where a value is null or has no bytes. */
const { 'null key': _keyless, 'tombstone on a lifecycle topic': _tombstone, empty: _empty, ...ON_DIRECTORY } = SPOILS;

const BY_TOPIC: Record<Topic, Record<string, Spoil>> = {
  sessions: SPOILS,
  viewers: ON_VIEWERS,
  directory: ON_DIRECTORY,
};

export interface PoisonOptions {
  /** Some of it has its poison in the headers. */
  inHeaders: boolean;
}

/** Of what is poison, so much has it in the headers. */
const IN_HEADERS_SHARE = 0.25;

/** A record that must end in quarantine, made of an event that would have been good. */
export function poison(topic: Topic, event: CloudEvent, random: Random, { inHeaders }: PoisonOptions): Message {
  if (random.chance(IN_HEADERS_SHARE) && inHeaders) return poisonInHeaders(topic, event, random);
  const spoils = Object.entries(BY_TOPIC[topic]);
  const at = random.integer(0, spoils.length - 1);
  const [name, spoil] = spoils[at] ?? ['empty', SPOILS['empty'] as Spoil];
  return { topic, headers: {}, meaning: `poison ${name}`, ...spoil(event) };
}

function poisonInHeaders(topic: Topic, event: CloudEvent, random: Random): Message {
  const names = Object.keys(POISONED_HEADERS);
  const name = names[random.integer(0, names.length - 1)] ?? '';
  const made = POISONED_HEADERS[name]?.(event) ?? { headers: {}, value: Buffer.alloc(0) };
  return { topic, key: Buffer.from(event.subject), meaning: `poison ${name}`, ...made };
}
