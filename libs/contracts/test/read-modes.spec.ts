import { type RawRecord, type TopicName, readEvent } from '../src';

const ID = '8d5b7a52-3f0e-4c0f-9a39-0d8f0c1c7e01';
const NOW = Date.UTC(2026, 10, 20, 18);

const attributes = { specversion: '1.0', id: 'e1', source: '/studio', subject: ID, time: '2026-11-20T17:59:00Z' };
const counted = { ...attributes, type: 'viewers.counted.v1', data: { viewer_count: 5 } };
const started = { ...attributes, type: 'session.started.v1', data: { title: 'On air' } };

const bytes = (value: unknown) =>
  value === null ? null : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

function read(topic: TopicName, value: unknown, headers: RawRecord['headers'] = {}) {
  return readEvent(topic, { key: Buffer.from(ID), value: bytes(value), headers, timestamp: NOW });
}

const inHeaders = (type: string, more: Record<string, string> = {}) =>
  Object.fromEntries(
    Object.entries({ ...attributes, type, ...more }).map(([name, value]) => [`ce_${name}`, Buffer.from(value)]),
  );

describe('an event without data, in binary mode', () => {
  it.each(['session.heartbeat.v1', 'session.deleted.v1', 'session.started.v1', 'session.ended.v1'])(
    '%s is taken with a null value, with zero bytes, and with the JSON text null',
    (type) => {
      for (const value of [null, '', 'null']) {
        expect(read('sessions', value, inHeaders(type))).toMatchObject({ ok: true, kind: 'event', event: { type } });
      }
      expect(read('sessions', null, { ...inHeaders(type), 'content-type': 'text/plain' }).ok).toBe(true);
      expect(read('sessions', { ...attributes, type, data: null }).ok).toBe(true);
      expect(read('sessions', { ...attributes, type }).ok).toBe(true);
    },
  );

  it.each<[string, TopicName]>([
    ['session.scheduled.v1', 'sessions'],
    ['session.updated.v1', 'sessions'],
    ['viewers.counted.v1', 'viewers'],
    ['room.changed.v1', 'directory'],
    ['host.changed.v1', 'directory'],
    ['preset.changed.v1', 'directory'],
  ])('%s is refused without its data, and is never a tombstone', (type, topic) => {
    for (const value of [null, '', 'null']) {
      const answer = read(topic, value, inHeaders(type));
      expect(answer).toMatchObject({ ok: false, reason: 'schema', error: expect.stringContaining('data') as string });
    }
  });
});

describe('a tombstone', () => {
  it('is a null value or zero bytes without ce_ headers, on the directory', () => {
    const tombstone = { ok: true, kind: 'tombstone', id: ID, at: NOW * 1000 + 999 };
    for (const value of [null, '']) {
      expect(read('directory', value)).toEqual(tombstone);
      expect(read('directory', value, { 'content-type': 'application/cloudevents+json', trace: 'x' })).toEqual(
        tombstone,
      );
      expect(read('sessions', value)).toMatchObject({ ok: false, reason: 'no-value' });
      expect(read('viewers', value)).toMatchObject({ ok: false, reason: 'no-value' });
      expect(read('directory', value, { ce_type: 'room.changed.v1' })).toMatchObject({ ok: false, reason: 'schema' });
      const lying = { ...inHeaders('room.changed.v1'), 'content-type': 'application/cloudevents+json' };
      expect(read('directory', value, lying)).toMatchObject({ ok: false, reason: 'no-value' });
    }
  });
});

describe('the content type decides the mode', () => {
  const beside = inHeaders('session.heartbeat.v1', { id: 'other' });

  it.each([
    'application/cloudevents+json',
    'application/cloudevents+json; charset=UTF-8',
    'Application/CloudEvents+JSON;charset="utf-8"',
    ' application/cloudevents+json ',
    'application/cloudevents',
  ])('structured by %j, whatever ce_ headers lie beside it', (type) => {
    for (const name of ['content-type', 'Content-Type', 'CONTENT-TYPE']) {
      expect(read('sessions', started, { ...beside, [name]: Buffer.from(type) })).toMatchObject({
        ok: true,
        event: { id: 'e1', type: 'session.started.v1', data: { title: 'On air' } },
      });
    }
  });

  it.each(['application/json', 'application/vnd.studio+json; charset=utf-8', 'text/json', undefined])(
    'binary by %j and ce_ headers',
    (type) => {
      const headers = { ...inHeaders('session.started.v1'), ...(type && { 'content-type': type }) };
      expect(read('sessions', started.data, headers)).toMatchObject({ ok: true, event: { data: { title: 'On air' } } });
      const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
      expect(read('sessions', started.data, named)).toMatchObject({ ok: true, event: { id: 'e1' } });
    },
  );

  it.each([undefined, 'application/json', 'text/plain', 'application/octet-stream', ''])(
    'structured by %j without ce_ headers',
    (type) => {
      expect(read('viewers', counted, type === undefined ? {} : { 'Content-Type': type }).ok).toBe(true);
    },
  );

  it.each([
    ['application/cloudevents-batch+json', [started]],
    ['application/cloudevents-batch+json; charset=UTF-8', started],
    ['application/cloudevents+avro', started],
    ['application/cloudevents+protobuf', started],
  ])('none by %s', (type, value) => {
    for (const headers of [{}, beside]) {
      const answer = read('sessions', value, { ...headers, 'content-type': type });
      expect(answer).toMatchObject({ ok: false, reason: 'content-type' });
      expect((answer as { error: string }).error).toContain(type.split(';')[0]);
    }
  });

  it('none by two content types that differ; equal ones are one', () => {
    const [structured, json] = ['application/cloudevents+json', 'application/json'];
    expect(read('viewers', counted, { 'content-type': [structured, structured] }).ok).toBe(true);
    expect(read('viewers', counted, { 'content-type': structured, 'Content-Type': `${structured}; a=b` }).ok).toBe(
      true,
    );
    for (const headers of [
      { 'content-type': [structured, json] },
      { 'content-type': structured, 'Content-Type': json },
    ]) {
      expect(read('viewers', counted, headers)).toMatchObject({ ok: false, reason: 'content-type' });
    }
  });
});

describe('headers that come again', () => {
  it('are one where they are equal, and named where they are not', () => {
    const headers = inHeaders('viewers.counted.v1');
    const one = Buffer.from('/studio');
    expect(read('viewers', counted.data, { ...headers, ce_source: [one, '/studio'] }).ok).toBe(true);
    expect(read('viewers', counted.data, { ...headers, CE_SOURCE: '/studio' }).ok).toBe(true);
    for (const name of ['specversion', 'id', 'source', 'type', 'subject', 'time', 'sequence']) {
      const value = (headers as Record<string, Buffer>)[`ce_${name}`] ?? '1';
      expect(read('viewers', counted.data, { ...headers, [`ce_${name}`]: [value, 'other'] })).toMatchObject({
        ok: false,
        reason: 'schema',
        error: expect.stringContaining(`ce_${name}`) as string,
      });
    }
    const unread = { ...headers, ce_region: ['eu', 'us'], ce_traceparent: ['a', 'b'], ce_data: 'x', ce_: 'x' };
    expect(read('viewers', counted.data, unread)).toMatchObject({ ok: true, event: { data: { viewer_count: 5 } } });
  });

  it('that are not UTF-8 are named', () => {
    const headers = { ...inHeaders('viewers.counted.v1'), ce_source: Buffer.from([0xff]) };
    const answer = read('viewers', counted.data, headers);
    expect(answer).toMatchObject({
      ok: false,
      reason: 'schema',
      error: expect.stringContaining('ce_source') as string,
    });
  });
});

describe('data in base64', () => {
  const { data, ...rest } = started;
  const text = JSON.stringify({ title: 'Caf\u00e9 ?>~' });
  const encoded = Buffer.from(text).toString('base64');

  it.each([
    undefined,
    null,
    'application/json',
    'Application/JSON; charset=UTF-8',
    'application/vnd.x+json',
    'text/json',
  ])('is decoded where the data is %j', (datacontenttype) => {
    for (const data_base64 of [encoded, encoded.replace(/=+$/, '')]) {
      const answer = read('sessions', { ...rest, datacontenttype, data_base64 });
      expect(answer).toMatchObject({ ok: true, event: { data: { title: 'Caf\u00e9 ?>~' } } });
    }
  });

  it('holds data that is required, too', () => {
    const data_base64 = Buffer.from(JSON.stringify(counted.data)).toString('base64');
    const answer = read('viewers', { ...counted, data: undefined, data_base64 });
    expect(answer).toMatchObject({ ok: true, event: { data: { viewer_count: 5 } } });
  });

  it('may be empty where data may be absent; null is absent', () => {
    expect(read('sessions', { ...rest, data_base64: '' })).toMatchObject({ ok: true, event: { data: {} } });
    expect(read('sessions', { ...rest, data_base64: null })).toMatchObject({ ok: true, event: { data: {} } });
    expect(read('sessions', { ...rest, data: null, data_base64: encoded }).ok).toBe(true);
    expect(read('sessions', { ...rest, data, data_base64: null }).ok).toBe(true);
    expect(read('viewers', { ...counted, data_base64: null }).ok).toBe(true);
  });

  it.each<[string, object]>([
    ['data of another type', { data_base64: encoded, datacontenttype: 'application/octet-stream' }],
    ['a type that is no text', { data_base64: encoded, datacontenttype: 5 }],
    ['data beside it', { data_base64: encoded, data }],
    ['the alphabet of URLs', { data_base64: Buffer.from(text).toString('base64url') }],
    ['white space', { data_base64: `${encoded.slice(0, 4)}\n${encoded.slice(4)}` }],
    ['a lonely sign', { data_base64: 'e' }],
    ['too much padding', { data_base64: 'e30==' }],
    ['padding that does not end a group', { data_base64: 'e3=' }],
    ['something that is no text', { data_base64: 5 }],
    ['bytes that are not JSON', { data_base64: Buffer.from('hello').toString('base64') }],
    ['bytes that are not UTF-8', { data_base64: Buffer.from([0x22, 0xff, 0x22]).toString('base64') }],
  ])('is refused as such: %s', (_name, change) => {
    const answer = read('sessions', { ...rest, ...change });
    expect(answer).toMatchObject({ ok: false, reason: 'data-base64' });
    expect((answer as { error: string }).error).toContain('data_base64: ');
    expect(read('viewers', { ...counted, data: undefined, ...change })).toMatchObject({ reason: 'data-base64' });
  });

  it('beside data is refused of a count as well', () => {
    expect(read('viewers', { ...counted, data_base64: encoded })).toMatchObject({ ok: false, reason: 'data-base64' });
  });
});

describe('a sequence', () => {
  it.each([
    ['7', '7'],
    [7, '7'],
    ['007', '7'],
    [7.0, '7'],
    ['0', '0'],
    ['9'.repeat(64), '9'.repeat(64)],
  ])('that is an integer orders: %j', (sequence, order) => {
    const answer = read('sessions', { ...started, sequence, sequencetype: 'Integer' });
    expect(answer).toMatchObject({ ok: true, event: { sequence: order } });
    expect((answer as { event: object }).event).not.toHaveProperty('odd_sequence');
  });

  it.each<[unknown, string]>([
    ['abc', 'abc'],
    ['', ''],
    ['-1', '-1'],
    ['+1', '+1'],
    [-1, '-1'],
    ['1.5', '1.5'],
    [1.5, '1.5'],
    [2 ** 60, '1152921504606847000'],
    ['9'.repeat(65), '9'.repeat(65)],
    ['x'.repeat(300), 'x'.repeat(255)],
    [true, 'true'],
    [['1', '2'], '["1","2"]'],
    [{ a: 1 }, '{"a":1}'],
    ['a\u0000\ud800', 'a\ufffd\ufffd'],
    ['\u0661', '\u0661'],
  ])('that is none orders nothing and is kept: %j', (sequence, kept) => {
    for (const [topic, event] of [
      ['sessions', started],
      ['viewers', counted],
    ] as const) {
      const answer = read(topic, { ...event, sequence });
      expect(answer).toMatchObject({ ok: true, event: { odd_sequence: kept } });
      expect((answer as { event: { sequence?: unknown } }).event.sequence ?? null).toBeNull();
    }
  });

  it('that is null is absent', () => {
    const answer = read('sessions', { ...started, sequence: null });
    expect((answer as { event: object }).event).not.toHaveProperty('odd_sequence');
  });
});
