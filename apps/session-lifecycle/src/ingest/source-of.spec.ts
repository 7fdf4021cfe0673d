import { sourceOf } from './source-of';

const bytes = (text: string) => Buffer.from(text);
const record = { key: bytes('k'), timestamp: Date.UTC(2026, 10, 28) };
const body = bytes('{"source":"/in/the/body"}');

describe('who sent what cannot be read', () => {
  it.each(['ce_source', 'CE_SOURCE', 'Ce_Source'])('is said by the header %s', (name) => {
    expect(sourceOf({ ...record, headers: { [name]: bytes('/studio') }, value: bytes('{') })).toBe('/studio');
  });

  it('is said by the event itself where the content type says that the value is the event', () => {
    const headers = {
      'Content-Type': bytes('application/cloudevents+json; charset=UTF-8'),
      ce_source: bytes('/other'),
    };
    expect(sourceOf({ ...record, headers, value: body })).toBe('/in/the/body');
  });

  it('is said by the event itself where no header names it', () => {
    expect(sourceOf({ ...record, headers: {}, value: body })).toBe('/in/the/body');
  });

  it('is nobody where the value is data, which says nothing of its sender', () => {
    expect(sourceOf({ ...record, headers: { ce_id: bytes('1') }, value: body })).toBe('');
  });

  it.each([
    ['bytes that are no text', { ce_source: Buffer.from([0xff, 0x2f]) }],
    ['several that differ', { ce_source: [bytes('/a'), bytes('/b')] }],
    ['one without a value', { ce_source: undefined, CE_SOURCE: undefined }],
    ['an empty one', { ce_source: bytes('') }],
  ])('has a bounded name for a header with %s', (_what, headers) => {
    expect(sourceOf({ ...record, headers, value: null }).length).toBeLessThanOrEqual(255);
  });
});
