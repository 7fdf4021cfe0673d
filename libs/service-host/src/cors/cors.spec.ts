import { Cors } from './cors';

const rule = { methods: 'GET, HEAD', requestHeaders: [], exposed: ['ETag'] };

describe('pages on other origins', () => {
  it('may read everything where none is named', () => {
    const cors = new Cors({ ...rule, origins: undefined });
    expect(cors.headersFor('https://a.example')).toMatchObject({ 'access-control-allow-origin': '*' });
    expect(cors.headersFor(undefined)).toMatchObject({ 'access-control-allow-origin': '*' });
    expect(cors.vary).toEqual([]);
  });

  it('may read if they are named, and no others', () => {
    const cors = new Cors({ ...rule, origins: ['https://a.example'] });
    expect(cors.headersFor('https://a.example')).toMatchObject({ 'access-control-allow-origin': 'https://a.example' });
    for (const other of ['https://a.example.evil.test', 'http://a.example', 'null', '', undefined]) {
      expect(cors.headersFor(other)).toEqual({});
      expect(cors.preflight(other)).toEqual({});
    }
    expect(cors.vary).toEqual(['Origin']);
    expect(cors.preflight('https://a.example')).toMatchObject({ 'access-control-allow-methods': 'GET, HEAD' });
  });

  it.each([
    'cache-control', // event-source-polyfill
    'content-type', // axios, for a GET too
    'pragma',
    'x-requested-with',
    'traceparent',
    'baggage', // OpenTelemetry, Sentry
    'sentry-trace',
    'x-api-key',
    'authorization',
  ])('may send %s, which their libraries do unasked', (name) => {
    const allowed = new Cors({ ...rule, origins: undefined }).preflight('https://a.example', name);
    expect(allowed['access-control-allow-headers']?.toLowerCase().split(', ')).toContain(name);
  });

  it('may send the headers of a prefix, each of which is named as it was asked for', () => {
    const allowed = (cors: Cors, asked: string) =>
      cors.preflight('https://a.example', asked)['access-control-allow-headers']?.split(', ') ?? [];
    const open = { ...rule, origins: undefined, requestHeaders: ['If-None-Match'] };
    const always = allowed(new Cors(open), '');
    const door = new Cors({ ...open, requestHeaderPrefix: 'ce-' });
    expect(allowed(door, 'ce-id, CE-Source,x-other, ce-a b, ce-\u00e9')).toEqual([...always, 'ce-id', 'ce-source']);
    expect(always.at(-1)).toBe('If-None-Match');
    expect(allowed(new Cors(open), 'ce-id')).toEqual(always);
  });
});
