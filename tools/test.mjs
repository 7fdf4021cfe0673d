// npm test: installs, builds, runs every test with the real dependencies. Ends with a line `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, env, install, root } from './install.mjs';

install();
build();
const directory = mkdtempSync(join(tmpdir(), 'marquee-results-'));
const results = join(directory, 'results.json');
// Most suites wait for servers: three side by side, each with a database, topics and keys of its own, fill two cores.
const workers = ['--maxWorkers=3'];
const report = ['--ci', '--json', `--outputFile=${results}`, '--testLocationInResults=false'];
const args = [...workers, ...report, ...process.argv.slice(2)];
const jest = spawnSync('jest', args, { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
const summary = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : undefined;
rmSync(directory, { recursive: true, force: true });

if (!summary || summary.numTotalTests === 0) {
  process.stderr.write('no test was run\n');
  process.exit(1);
}
// A suite that could not be loaded has no tests to count: it counts as one that failed.
const failed = summary.numFailedTests + summary.numRuntimeErrorTestSuites;
const skipped = summary.numPendingTests > 0 ? `, ${summary.numPendingTests} skipped` : '';
process.stdout.write(`${summary.numPassedTests} passed, ${failed} failed${skipped}\n`);
process.exit(jest.status === 0 && failed === 0 ? 0 : 1);
