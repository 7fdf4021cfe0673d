import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_TYPES, readEvent } from '#libs/contracts';
import fc from 'fast-check';
import { judgeEvents } from './judge-events';
import { envelopesOf, modeOf } from './read-request';

const golden = join(__dirname, '..', '..', '..', '..', 'test', 'golden', 'events');
const examples = readdirSync(golden).map((file) => JSON.parse(readFileSync(join(golden, file), 'utf8')) as object);
const NOW = Date.UTC(2026, 10, 26);
const BY = { now: NOW, horizonMs: Infinity };

describe('the rules of the door', () => {
  it('are those by which Kafka is read: what passes is not quarantined, what does not would be', () => {
    const keys = ['id', 'source', 'type', 'subject', 'time', 'sequence', 'data', 'traceparent', 'more'];
    const value = fc.oneof(
      fc.constantFrom(...EVENT_TYPES.keys(), undefined, null, '', '\u0000', '2026-11-26T10:00:00Z', 'x'.repeat(1025)),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...examples), fc.dictionary(fc.constantFrom(...keys), value), (example, changes) => {
        const changed = JSON.parse(JSON.stringify({ ...example, ...changes })) as { type: string };
        const { events } = judgeEvents([changed], false, BY);
        const topic = EVENT_TYPES.get(changed.type)?.topic ?? 'sessions';
        const [sent] = events;
        const key = Buffer.from(sent?.subject ?? 'none');
        const bytes = sent?.value ?? Buffer.from(JSON.stringify(changed));
        expect(readEvent(topic, { key, value: bytes, headers: {}, timestamp: NOW }).ok).toBe(events.length === 1);
      }),
      { numRuns: 500 },
    );
  });

  it('take every golden event, in a batch or alone', () => {
    const { events, problems } = judgeEvents(examples, true, BY);
    expect(problems).toEqual([]);
    expect(events).toHaveLength(examples.length);
  });

  it('name the place of every problem, and of many the first hundred', () => {
    const [one = {}] = examples;
    expect(judgeEvents([one, { ...one, subject: '7' }], true, BY).problems[0]?.parameter).toBe('1.subject');
    expect(judgeEvents([{ ...one, subject: '7' }], false, BY).problems[0]?.parameter).toBe('subject');
    expect(judgeEvents(Array(500).fill(7), true, BY).problems).toHaveLength(100);
  });
});

describe('an event that comes late', () => {
  const HOUR = 3_600_000;
  const of = (type: string) => examples.find((one) => 'type' in one && one.type === type) as Record<string, unknown>;
  const judged = (type: string, hoursAgo: number) => {
    const time = new Date(NOW - hoursAgo * HOUR).toISOString();
    return judgeEvents([{ ...of(type), time }], false, { now: NOW, horizonMs: 168 * HOUR }).problems;
  };

  it.each(['session.started.v1', 'viewers.counted.v1'])('is refused where Kafka would get it too late: %s', (type) => {
    expect(judged(type, 167)).toEqual([]);
    // It may wait for a moment before Kafka has it.
    expect(judged(type, 168)).toEqual([{ parameter: 'time', message: 'must not be more than 168 hours ago' }]);
  });

  it('passes where it is the state of a room: that stays true', () => {
    expect(judged('room.changed.v1', 20_000)).toEqual([]);
  });
});

describe('a request that says two things of one identity', () => {
  const one = { ...(examples[0] as Record<string, unknown>), id: 'same' };
  const other = (change: object) => ({ ...one, ...change });

  it('is refused, and both places are named', () => {
    const between = { ...one, id: 'between' };
    const { problems } = judgeEvents([one, between, other({ time: '2026-11-26T10:00:00Z' })], true, BY);
    expect(problems).toEqual([
      { parameter: '0.id', message: 'event 2 has the same source and id with other content' },
      { parameter: '2.id', message: 'event 0 has the same source and id with other content' },
    ]);
  });

  it('passes where it says the same twice, in whatever order of fields, or of another source', () => {
    const reversed = Object.fromEntries(Object.entries(one).reverse());
    const { events, problems } = judgeEvents(
      [one, reversed, other({ source: '/another', time: '2026-11-26T10:00:00Z' })],
      true,
      BY,
    );
    expect(problems).toEqual([]);
    expect(events).toHaveLength(3);
  });

  it.each([
    ['other text', 'second-a', 'second-b'],
    ['text and none', 'second-a', undefined],
  ])('is refused where only sequences differ that order nothing: %s', (_name, first, second) => {
    const { problems } = judgeEvents([other({ sequence: first }), other({ sequence: second })], true, BY);
    expect(problems.map(({ parameter }) => parameter)).toEqual(['0.id', '1.id']);
  });
});

describe('the mode of a request', () => {
  const binary = { 'ce-id': ['1'] };

  it.each([
    ['structured', { 'content-type': ['Application/CloudEvents+JSON; charset="UTF-8"'] }],
    ['structured', { 'content-type': ['application/cloudevents+json'], ...binary }],
    ['batch', { 'content-type': ['application/cloudevents-batch+json'] }],
    ['binary', { 'content-type': ['application/json'], ...binary }],
    ['binary', { 'content-type': ['application/vnd.studio+json'], ...binary }],
    ['binary', binary],
  ])('is %s by %j', (mode, headers) => {
    expect(modeOf(headers)).toBe(mode);
  });

  it('is none for data that is not JSON', () => {
    expect(() => modeOf({ 'content-type': ['text/xml'], ...binary })).toThrow('Content-Type');
  });

  it('binary takes attributes as they are sent: percent-encoded, and once', () => {
    const headers = { 'ce-source': ['/caf%C3%A9'], 'ce-data': ['x'], 'ce-bad-name': ['x'] };
    expect(envelopesOf('binary', headers, Buffer.from('{"a":1}'))).toEqual([{ source: '/café', data: { a: 1 } }]);
    for (const wrong of [['a', 'b'], ['%zz'], ['caf\u00e9']]) {
      expect(() => envelopesOf('binary', { 'ce-source': wrong }, Buffer.alloc(0))).toThrow('ce-source');
    }
  });
});
