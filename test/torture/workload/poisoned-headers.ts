import type { CloudEvent, Message } from './event';

type Poisoned = Pick<Message, 'headers'> & { value: Buffer };

const unreadable = (headers: Message['headers']): Poisoned => ({ headers, value: Buffer.from('<event/>') });

/** No name is a whole number: JavaScript's objects would move it to the front. */
const many = (count: number): Message['headers'] =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`header-${at}`, `value ${at}`]));

const binary = (event: CloudEvent, change: Message['headers']): Poisoned => ({
  headers: {
    ce_specversion: event.specversion,
    ce_id: event.id,
    ce_source: event.source,
    ce_type: event.type,
    ce_subject: event.subject,
    ce_time: event.time,
    'content-type': 'application/json',
    ...change,
  },
  value: Buffer.from(JSON.stringify(event.data ?? {})),
});

/** Headers that nobody can take, or that are hard to keep, by name. */
export const POISONED_HEADERS: Record<string, (event: CloudEvent) => Poisoned> = {
  'nul in a header name': () => unreadable({ 'a\u0000b': 'x', '\u0000': 'y' }),
  'header that is not utf-8': () => unreadable({ trace: Buffer.from([0xc3, 0x28, 0xff, 0x00]) }),
  'thousands of headers': () => unreadable(many(3000)),
  'header of 100 kB': () => unreadable({ trace: 'x'.repeat(100_000), '': 'nameless' }),
  'repeated ce_ headers': (event) => binary(event, { ce_id: [event.id, `${event.id}-again`], ce_source: ['/a', '/b'] }),
  'repeated header with nul': () => unreadable({ 'x\u0000': ['1', Buffer.from([0xff]), '1'] }),
};
