import { isDatabaseOutage } from './outage';

const withCode = (code: string) => Object.assign(new Error('of PostgreSQL'), { code });

describe('a database outage', () => {
  it.each(['ECONNRESET', '08006', '53300', '57P01', '57014', '40001', '55P03', '25006', '25P03'])('is %s', (code) => {
    expect(isDatabaseOutage(withCode(code))).toBe(true);
    expect(isDatabaseOutage(new Error('around it', { cause: withCode(code) }))).toBe(true);
  });

  it.each([
    'Query read timeout',
    'Connection terminated unexpectedly',
    'Query runner already released. Cannot run queries anymore.',
  ])('is what the driver calls "%s"', (message) => {
    expect(isDatabaseOutage(new Error(message))).toBe(true);
  });

  it.each(['22P05', '23505', '42703', '21000'])('is not %s', (code) => {
    expect(isDatabaseOutage(withCode(code))).toBe(false);
  });
});
