import { DatabaseAway, type FailureKind, KNOWN_FAILURES, failureKind } from './failure-kind';

const withCode = (code: string) => Object.assign(new Error('of PostgreSQL'), { code });

describe('a failure of the database', () => {
  it.each<[FailureKind, string[]]>([
    [
      'away',
      [
        'ECONNRESET',
        'ENOTFOUND',
        '08006',
        '25006',
        '40001',
        '40P01',
        '42501',
        '53100',
        '53300',
        '55P03',
        '57P01',
        '57P03',
        '58030',
      ],
    ],
    ['too-much', ['57014', '25P03', '25P04', '53200', '54000', '54001', '54023']],
    ['of-a-message', ['22P02', '22P05', '23505', '42703', '21000', '0A000', 'XX000', 'ENOENT', '55000']],
  ])('is %s: %j', (kind, codes) => {
    for (const code of codes) {
      expect([code, failureKind(withCode(code))]).toEqual([code, kind]);
      expect(failureKind(new Error('around it', { cause: withCode(code) }))).toBe(kind);
    }
  });

  it.each<[FailureKind, string]>([
    ['away', 'Connection terminated unexpectedly'],
    ['away', 'Query runner already released. Cannot run queries anymore.'],
    ['too-much', 'Query read timeout'],
    ['of-a-message', 'x is not a function'],
  ])('is %s by what the driver calls "%s"', (kind, message) => {
    expect(failureKind(new Error(message))).toBe(kind);
  });

  it('is away when somebody has seen that it is, and our bug when nobody knows it', () => {
    expect(failureKind(new DatabaseAway(withCode('57014')))).toBe('away');
    expect(failureKind('no error at all')).toBe('of-a-message');
    expect(failureKind(undefined)).toBe('of-a-message');
  });

  it('says of each line why', () => {
    expect(KNOWN_FAILURES.filter(({ because }) => because.length < 10)).toEqual([]);
  });
});
