import type { Difference } from '#libs/session-store';
import { readCommand } from '../src/flags';
import { ProgressBar } from '../src/check-progress';
import { Finding, type Report, exitCodeOf } from '../src/report';
import { reportText } from '../src/report-text';

const difference = (id: number, kind = 'text'): Difference => ({
  kind,
  id: `id-${id}`,
  where: 'session_texts.folded',
  expected: 'folded "a"',
  found: 'folded "b"',
});

function reportOf(findings: Finding[], more: Partial<Report> = {}): Report {
  const checks = findings.map((finding) => finding.check());
  return { position: { epoch: 3, seq: 14 }, tookMs: 1500, checks, notLooked: [], unknown: [], repaired: null, ...more };
}

describe('a report', () => {
  it('tells the first twenty of each kind, counts each thing once, and keeps all for the repair', () => {
    const finding = new Finding('texts = sessions');
    finding.compared = 100;
    for (let id = 0; id < 30; id += 1) finding.add(difference(id));
    finding.add(difference(0));
    finding.add(difference(0, 'claim'));
    const check = finding.check();
    expect(check).toMatchObject({ compared: 100, different: 31 });
    expect(check.differences).toHaveLength(21);
    expect(finding.all).toHaveLength(32);
    const text = reportText(reportOf([finding]));
    expect(text).toMatch(/^CHECK +COMPARED +TOOK +DIFFERENT\ntexts = sessions +100 +0\.0 s +31\n/);
    expect(text).toContain('the first 20 of each kind; 31 in all');
    expect(text).toMatch(/something differs, the projection at 3\.14; 1\.5 s\n$/);
  });

  it('ends with 0, 1 or 2', () => {
    const [same, other] = [new Finding('a'), new Finding('b')];
    other.add(difference(1));
    const away = { notLooked: [{ what: 'REST', why: 'away', failed: true }] };
    const leftOut = { notLooked: [{ what: 'REST', why: 'QUERY_URL is not set', failed: false }] };
    expect(exitCodeOf(reportOf([same]))).toBe(0);
    expect(exitCodeOf(reportOf([same], leftOut))).toBe(0);
    expect(exitCodeOf(reportOf([same], away))).toBe(2);
    expect(exitCodeOf(reportOf([same, other], away))).toBe(1);
  });

  it('says what was not looked at, what nobody can know, and what was repaired', () => {
    const text = reportText(
      reportOf([], {
        notLooked: [{ what: 'socket', why: 'GATEWAY_URL is not set', failed: false }],
        unknown: ['signals'],
        repaired: [],
      }),
    );
    expect(text).toContain('not looked at\n  socket: GATEWAY_URL is not set\n');
    expect(text).toContain('nobody can know any more\n  signals\n');
    expect(text).toContain('repaired\n  nothing\n');
  });
});

describe('its command line', () => {
  it('takes addresses from the environment, and leaves out what it is told to', () => {
    const env = {
      DATABASE_URL: 'postgres://db',
      REDIS_URL: 'redis://r',
      QUERY_URL: 'http://q',
      GATEWAY_URL: 'http://g',
    };
    expect(readCommand(['--without', 'rest', '--repair'], env)).toEqual({
      places: { databaseUrl: 'postgres://db', redis: { url: 'redis://r', tag: 'marquee' }, gatewayUrl: 'http://g' },
      repair: true,
      json: false,
    });
    expect(() => readCommand(['--without', 'kafka'], env)).toThrow('there is no kafka; there are redis, rest, socket');
  });
});

describe('the bar', () => {
  it('says how far it is, and what is left', () => {
    let [told, now] = ['', 0];
    const bar = new ProgressBar({ write: (text) => (told += text) }, () => now);
    bar.at('Postgres', 0, 1000);
    now = 3000;
    bar.at('Postgres', 250, 1000);
    expect(told).toContain('25 % (250 of 1000, 9 s left)');
    bar.end();
    expect(told.endsWith('\r\u001B[K')).toBe(true);
  });
});
