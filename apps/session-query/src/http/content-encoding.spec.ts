import { encodingFor } from './content-encoding';

describe('the encoding that a client gets', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['br; q=0.000 , gzip', 'gzip'],
    ['br;q=0.1', 'br'],
    ['gzip;q=0', 'identity'],
    ['gzip, *;q=0', 'gzip'],
    ['identity', 'identity'],
    ['identity;q=0', 'identity'],
    ['brotli', 'identity'],
    ['x-gzip-not', 'identity'],
    ['*', 'identity'],
    [',,;;q=,', 'identity'],
  ])('that sends %s is %s', (accepted, encoding) => {
    expect(encodingFor(accepted)).toBe(encoding);
    expect(encodingFor(accepted)).toBe(encoding);
  });
});
