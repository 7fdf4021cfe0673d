import { refusalHeaders } from './refusal-headers';

describe('the headers of a refusal', () => {
  it.each([400, 401, 403, 404, 405, 410, 414, 500])('%i: no cache keeps it', (status) => {
    expect(refusalHeaders(status)).toEqual({ 'cache-control': 'no-store' });
  });

  it.each([429, 503])('%i: it passes, and says when to come again', (status) => {
    expect(refusalHeaders(status)).toEqual({ 'cache-control': 'no-store', 'retry-after': '1' });
    expect(refusalHeaders(status, { 'retry-after': '42' })).toMatchObject({ 'retry-after': '42' });
  });

  it('has what is its own', () => {
    expect(refusalHeaders(405, { allow: 'GET' })).toEqual({ 'cache-control': 'no-store', allow: 'GET' });
  });
});
