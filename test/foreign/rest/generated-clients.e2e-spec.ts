import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventuallyPasses } from '../../given/eventually';
import { makeNpm } from '../npm';
import { type Python, makePython } from '../python';
import { outputOf } from '../toolchain';
import { GivenRestPlatform } from './given-platform';

/** Packages come from a registry, to a machine that is busy with other tests. */
const FETCHING_MS = 600_000;
const RUNNING_MS = 900_000;

const STRICT = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noEmitOnError'];
const MODULES = ['--module', 'nodenext', '--target', 'es2023', '--lib', 'es2023,dom', '--skipLibCheck'];
/** Every parameter at its bounds and beyond, and then at random. */
const COVERED = ['--phases', 'coverage,fuzzing'];

interface Answers {
  filtered: string[];
  both: string[];
  walked: string[];
  title: string;
  live_now: number;
  counted: number[];
  ofRoom: number;
  refusal: string;
  accepted?: string[];
}

describe('clients generated from /openapi.json', () => {
  let platform: GivenRestPlatform;
  beforeAll(async () => {
    platform = await GivenRestPlatform.make();
  });
  afterAll(() => platform?.close());

  function expectTrue({ filtered, both, walked, title, counted, ofRoom, refusal, live_now }: Answers): void {
    expect(filtered).toEqual([platform.live]);
    expect(both).toEqual(expect.arrayContaining(['live', 'scheduled']));
    // What the other clients have sent meanwhile is there too.
    expect(walked.length).toBeGreaterThanOrEqual(both.length);
    expect(new Set(walked).size).toBe(walked.length);
    expect(new Set(walked)).toEqual(new Set(walked.filter((id) => typeof id === 'string')));
    expect(walked).toEqual(expect.arrayContaining([platform.live, platform.scheduled]));
    expect({ title, counted, ofRoom, refusal }).toEqual({
      title: platform.title,
      counted: [41],
      ofRoom: 2,
      refusal: 'limit',
    });
    expect(live_now).toBeGreaterThan(0);
  }

  it(
    'of openapi-typescript and openapi-fetch ask as their types say, under strict TypeScript',
    async () => {
      const npm = await makeNpm(__dirname);
      if (typeof npm === 'string') return void process.stderr.write(`skipped, openapi-fetch: ${npm}\n`);
      const of = { cwd: npm.directory };
      const bin = (name: string) => join(npm.directory, 'node_modules', '.bin', name);
      await outputOf(
        bin('openapi-typescript'),
        [`${platform.url}/openapi.json`, '--output', 'programs/schema.d.mts'],
        of,
      );
      await outputOf(bin('tsc'), [...STRICT, ...MODULES, '--outDir', 'built', 'programs/ask.mts'], of);
      const started = randomUUID();
      const { lifecycle } = platform.marquee;
      const args = [platform.url, platform.ids, lifecycle.url, await platform.token(), started];
      const answers = JSON.parse(await outputOf(process.execPath, ['built/ask.mjs', ...args], of)) as Answers;
      expectTrue(answers);
      expect(answers.accepted).toEqual([`${started}-start`]);
      await eventuallyPasses('what it sent is on air', async () => {
        expect((await fetch(`${platform.url}/sessions/${started}`)).status).toBe(200);
      });
    },
    FETCHING_MS,
  );

  it(
    'are promised by a document in which spectral finds nothing',
    async () => {
      const npm = await makeNpm(__dirname);
      if (typeof npm === 'string') return void process.stderr.write(`skipped, spectral: ${npm}\n`);
      const spectral = join(npm.directory, 'node_modules', '.bin', 'spectral');
      const rules = ['--ruleset', 'programs/spectral.yaml', '--fail-severity', 'warn'];
      await outputOf(spectral, ['lint', `${platform.url}/openapi.json`, ...rules], { cwd: npm.directory });
    },
    FETCHING_MS,
  );

  describe('in Python', () => {
    const directory = mkdtempSync(join(tmpdir(), 'marquee-generated-'));
    let python: Python | string;
    beforeAll(async () => {
      python = await makePython(join(__dirname, 'requirements.txt'));
      if (typeof python === 'string') process.stderr.write(`skipped, generated clients in Python: ${python}\n`);
    }, FETCHING_MS);
    afterAll(() => {
      if (typeof python !== 'string') python?.remove();
      rmSync(directory, { recursive: true, force: true });
    });

    it(
      'of openapi-python-client repeat parameters, and read dates and enums',
      async () => {
        if (typeof python === 'string') return;
        const output = ['--output-path', join(directory, 'generated'), '--meta', 'none', '--fail-on-warning'];
        await python.command('openapi-python-client', ['generate', '--url', `${platform.url}/openapi.json`, ...output]);
        expectTrue(
          JSON.parse(await python.run(join(__dirname, 'ask.py'), [directory, platform.url, platform.ids])) as Answers,
        );
      },
      RUNNING_MS,
    );

    it(
      'of schemathesis find nothing that is not as it is documented',
      async () => {
        if (typeof python === 'string') return;
        const { query, lifecycle } = platform.marquee;
        const document = `${query.url}/openapi.json`;
        const bounds = ['--max-examples', '10', '--seed', '1', '--no-shrink'];
        // `ignored_auth` puts keys of its own beside a valid token; an empty one counts as absent.
        const without = (...checks: string[]) => [
          '--checks',
          'all',
          '--exclude-checks',
          ['ignored_auth', ...checks].join(','),
        ];
        const how = [...bounds, '--continue-on-failure', '--warnings', 'off'];
        const asks = async (...which: string[]) =>
          (python as Python).command(
            'schemathesis',
            ['--config-file', join(__dirname, 'schemathesis.toml'), 'run', document, ...how, ...which],
            {
              SCHEMATHESIS_HOOKS: join(__dirname, 'schemathesis_hooks.py'),
            },
          );
        const key = ['--header', `Authorization: Bearer ${await platform.token()}`];
        const read = ['--exclude-path', '/events', '--exclude-path', '/sessions/stream', '--url', query.url];
        expect(await asks(...read, ...COVERED, ...without(), ...key)).not.toContain('FAILURES');
        // That a body may lack where headers say all, and what `data_base64` holds, is nothing that OpenAPI can say.
        const door = ['--include-path', '/events', '--url', lifecycle.url, ...without('positive_data_acceptance')];
        // Covered, the ten types of events make three thousand questions.
        expect(await asks(...door, '--phases', 'fuzzing', ...key)).not.toContain('FAILURES');
        // A stream that is given has no end: what has to be refused does.
        const stream = ['--include-path', '/sessions/stream', '--mode', 'negative', '--request-timeout', '20'];
        expect(await asks(...stream, ...COVERED, ...without(), '--url', query.url)).not.toContain('FAILURES');
      },
      RUNNING_MS,
    );
  });
});
