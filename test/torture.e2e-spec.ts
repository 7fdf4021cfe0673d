import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '#tools/stack';

interface Verdict {
  id: string;
  says: string;
  state: string;
  against: string[];
}

interface Report {
  verdicts: Verdict[];
  faults: Record<string, number>;
  records: { inKafka: number; poison: number };
}

const MINUTES = 1.5;
const LIMIT_MS = 480_000;

/** A short run of `npm run torture` with servers of its own; docs/torture.md has the long ones. */
describe('under torture', () => {
  const directory = mkdtempSync(join(tmpdir(), 'marquee-torture-report-'));
  let report: Report;
  let output: string;

  beforeAll(async () => {
    const file = join(directory, 'report.json');
    const main = join(repositoryRoot(), 'dist', 'test', 'torture', 'main.js');
    const args = [main, '--minutes', String(MINUTES), '--seed', '7', '--report', file];
    output = await new Promise<string>((resolve) => {
      execFile(process.execPath, args, { timeout: LIMIT_MS, maxBuffer: 10_000_000 }, (_error, stdout, stderr) =>
        resolve(stdout + stderr),
      );
    });
    try {
      report = JSON.parse(readFileSync(file, 'utf8')) as Report;
    } catch {
      throw new Error(`there is no report:\n${output}`);
    }
  }, LIMIT_MS + 30_000);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('was struck, and told thousands of records', () => {
    expect(Object.keys(report.faults).length).toBeGreaterThan(3);
    expect(report.records.inKafka).toBeGreaterThan(5000);
    expect(report.records.poison).toBeGreaterThan(10);
  });

  it('every invariant holds', () => {
    const broken = report.verdicts.filter(({ state }) => state === 'broken');
    expect(broken.map(({ id, says, against }) => ({ id, says, against }))).toEqual([]);
    expect(report.verdicts.filter(({ state }) => state === 'holds').length).toBeGreaterThanOrEqual(16);
  });
});
