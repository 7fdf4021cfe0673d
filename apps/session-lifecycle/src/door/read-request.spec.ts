import { readEvent } from '#libs/contracts';
import { judgeEvents } from './judge-events';
import { envelopesOf, modeOf } from './read-request';

const ID = '8d5b7a52-3f0e-4c0f-9a39-0d8f0c1c7e01';
const NOW = Date.UTC(2026, 10, 26);
const BY = { now: NOW, horizonMs: Infinity };
const BODY = Buffer.from('{"title":"On air"}');
const NONE = Buffer.alloc(0);
const headers = {
  'ce-specversion': ['1.0'],
  'ce-id': ['e1'],
  'ce-source': ['/studio'],
  'ce-type': ['session.started.v1'],
  'ce-subject': [ID],
  'ce-time': ['2026-11-25T10:00:00Z'],
};

type Headers = Record<string, string[]>;

/** What the door reads of a request, sends to Kafka, and what is read there. */
function sent(given: Headers, body: Buffer) {
  const { events, problems } = judgeEvents(envelopesOf(modeOf(given), given, body), false, BY);
  expect(problems).toEqual([]);
  const [event] = events;
  if (!event) throw new Error('nothing passed');
  const record = { key: Buffer.from(event.subject), value: event.value, headers: {}, timestamp: NOW };
  const read = readEvent(event.topic, record);
  if (!read.ok || read.kind !== 'event') throw new Error(`not read again: ${JSON.stringify(read)}`);
  return read.event;
}

describe('attributes in HTTP headers', () => {
  it.each([
    ['"/quoted"', '/quoted'],
    ['"/a \\"b\\" \\\\ c"', '/a "b" \\ c'],
    ['"/caf%C3%A9"', '/caf\u00e9'],
    ['/caf%c3%a9%20x', '/caf\u00e9 x'],
    ['%22/kept%22', '"/kept"'],
    ['/a"b"c', '/a"b"c'],
    ['"', '"'],
    ['"/a" "b"', '"/a" "b"'],
    ['/100%25', '/100%'],
  ])('%s is read as %s', (written, source) => {
    expect(sent({ ...headers, 'ce-source': [written] }, BODY)).toMatchObject({ source, data: { title: 'On air' } });
  });

  it('that come again are one where they are equal, and named where they are not', () => {
    expect(sent({ ...headers, 'ce-source': ['/studio', '"/studio"', '%2Fstudio'] }, BODY).source).toBe('/studio');
    for (const name of Object.keys(headers)) {
      expect(() => envelopesOf('binary', { ...headers, [name]: ['a', 'b'] }, BODY)).toThrow(name);
    }
    expect(sent({ ...headers, 'ce-region': ['eu', 'us'] }, BODY).source).toBe('/studio');
  });

  it('go with no data, whatever the content type, where data may be absent', () => {
    for (const more of [{}, { 'content-type': ['text/plain'], 'content-length': ['0'] }] as Headers[]) {
      expect(sent({ ...headers, ...more }, NONE)).toMatchObject({ data: {} });
      expect(sent({ ...headers, ...more, 'ce-type': ['session.heartbeat.v1'] }, NONE)).toMatchObject({ data: null });
    }
    expect(sent({ ...headers, 'content-type': ['application/json'] }, Buffer.from('null'))).toMatchObject({ data: {} });
  });

  it('may have a sequence that is no integer', () => {
    expect(sent({ ...headers, 'ce-sequence': ['"abc"'] }, BODY)).toMatchObject({ sequence: null, odd_sequence: 'abc' });
  });
});

describe('a structured request', () => {
  const { data, ...attributes } = { ...sentEvent(), data: { title: 'On air' } };
  const data_base64 = Buffer.from(JSON.stringify(data)).toString('base64');

  it('is one by its content type, whatever ce- headers lie beside it', () => {
    for (const type of ['application/cloudevents+json', 'Application/CloudEvents+JSON;charset=utf-8']) {
      const given = { ...headers, 'ce-id': ['other', 'unequal'], 'content-type': [type] };
      expect(sent(given, Buffer.from(JSON.stringify({ ...attributes, data })))).toMatchObject({ id: 'e1', data });
    }
  });

  it('may hold its data in base64, in this service and on Kafka', () => {
    const given = { 'content-type': ['application/cloudevents+json'] };
    const body = Buffer.from(JSON.stringify({ ...attributes, data_base64 }));
    expect(sent(given, body)).toMatchObject({ data });
    const both = JSON.stringify({ ...attributes, data, data_base64 });
    const judged = judgeEvents(envelopesOf('structured', given, Buffer.from(both)), false, BY);
    expect(judged).toMatchObject({ events: [], problems: [{ parameter: 'data_base64' }] });
  });

  it.each([
    [['application/cloudevents+json', 'application/json'], 'must be given once'],
    [['application/cloudevents+avro'], 'must be application/cloudevents+json'],
    [['application/cloudevents+json; charset=latin1'], 'must be in UTF-8'],
  ])('is refused by %j', (types, message) => {
    expect(() => modeOf({ ...headers, 'content-type': types })).toThrow(message);
  });

  function sentEvent() {
    return {
      specversion: '1.0',
      id: 'e1',
      source: '/studio',
      type: 'session.started.v1',
      subject: ID,
      time: '2026-11-25T10:00:00Z',
    };
  }
});
