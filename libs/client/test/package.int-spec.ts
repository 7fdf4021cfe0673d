import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const ROOT = join(__dirname, '..', '..', '..');
const NAME = '@marquee/client';
/** What a browser loads, minified and compressed: our own code, and with what it needs. */
const LIMITS = { own: 7_500, whole: 20_500, react: 1_100 };

const USE = `
import { type Card, EmitError, Marquee, type LiveUpdate } from '${NAME}';
import { MarqueeProducer } from '${NAME}/kafka';
import { MarqueeProvider, useLiveSessions } from '${NAME}/react';
import { Kafka } from 'kafkajs';

const marquee = new Marquee({ gateway: 'http://localhost:1', api: 'http://localhost:2', events: 'http://localhost:3' });
marquee.live({ sort: 'viewer_count', limit: 10 }, ({ sessions }: LiveUpdate) => {
  const [first]: readonly Card[] = sessions;
  const viewers: number | null | undefined = first?.viewer_count;
  return viewers;
});
// @ts-expect-error a sort that is none
marquee.live({ sort: 'shoe_size' }, () => undefined);
// @ts-expect-error a count is a number
void marquee.emit({ type: 'viewers.counted.v1', subject: 'a', data: { viewer_count: 'many' } });
new MarqueeProducer({ kafka: new Kafka({ brokers: [] }) }).emit({ type: 'session.heartbeat.v1', subject: 'a' }).catch(
  (error: unknown) => error instanceof EmitError && error.unsent,
);
export const total: () => number = () => useLiveSessions({ status: 'live' }).total;
export { MarqueeProvider };
`;

describe('the package of the SDK', () => {
  let project: string;
  const modules = () => join(project, 'node_modules');
  const installed = () => join(modules(), NAME);
  const link = (...names: string[]) => {
    for (const name of names) {
      mkdirSync(dirname(join(modules(), name)), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), join(modules(), name), 'dir');
    }
  };
  const unlink = (...names: string[]) => names.forEach((name) => rmSync(join(modules(), name)));
  const run = (file: string, source: string): unknown => {
    writeFileSync(join(project, file), source);
    return JSON.parse(execFileSync(process.execPath, [file], { cwd: project, encoding: 'utf8' }));
  };

  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'marquee-package-'));
    const made = join(project, 'made');
    execFileSync(process.execPath, [join(ROOT, 'libs/client/package/build.mjs'), made], { stdio: 'pipe' });
    // As npm publishes it: what `files` forgets is not there.
    const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', project], {
      cwd: made,
      encoding: 'utf8',
    });
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
    mkdirSync(installed(), { recursive: true });
    execFileSync('tar', ['-xzf', join(project, filename), '--strip-components=1', '-C', installed()]);
    link('socket.io-client', 'zod');
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it('loads by import and by require, with neither Kafka nor React', () => {
    const esm = run('root.mjs', `import * as all from '${NAME}'; console.log(JSON.stringify(Object.keys(all)))`);
    const cjs = run('root.cjs', `console.log(JSON.stringify(Object.keys(require('${NAME}'))))`);
    expect(esm).toEqual(expect.arrayContaining(['EmitError', 'Marquee', 'MarqueeError', 'WatchLimitError']));
    expect([...(cjs as string[])].sort()).toEqual([...(esm as string[])].sort());
  });

  describe('with Kafka and React', () => {
    beforeAll(() => link('kafkajs', 'react', '@types/react', 'csstype'));
    afterAll(() => unlink('kafkajs', 'react', '@types/react', 'csstype'));

    it.each([
      ['mjs', 'const load = (name) => import(name);'],
      ['cjs', 'const load = async (name) => require(name);'],
    ])('has its other entries, of which the errors are the same (%s)', (kind, load) => {
      const told = run(
        `entries.${kind}`,
        `${load}
        Promise.all(['${NAME}', '${NAME}/kafka', '${NAME}/react'].map(load)).then(([root, kafka, react]) =>
          console.log(JSON.stringify({
            same: root.EmitError === kafka.EmitError,
            producer: typeof kafka.MarqueeProducer,
            hook: typeof react.useLiveSessions,
          })));`,
      );
      expect(told).toEqual({ same: true, producer: 'function', hook: 'function' });
    });

    it.each([
      ['use.mts', 'nodenext', 'nodenext'],
      ['use.cts', 'nodenext', 'nodenext'],
      ['use.ts', 'esnext', 'bundler'],
    ])('has types for %s (%s, %s)', (file, module, moduleResolution) => {
      writeFileSync(join(project, file), USE);
      const compilerOptions = { module, moduleResolution, strict: true, noEmit: true, types: [], target: 'es2022' };
      const lib = ['es2023', 'dom'];
      // The types of kafkajs want Node's; ours are checked, whatever the rest needs.
      const tsconfig = { compilerOptions: { ...compilerOptions, lib, skipLibCheck: true }, files: [file] };
      writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(tsconfig));
      const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
      let said = '';
      try {
        execFileSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8' });
      } catch (error) {
        said = (error as { stdout: string }).stdout;
      }
      expect(said).toBe('');
    });
  });

  it('is as its package.json says', async () => {
    const { messages, pkg } = await publint({ pkgDir: installed(), pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it.each([
    ['own', NAME, ['socket.io-client']],
    ['whole', NAME, []],
    ['react', `${NAME}/react`, ['react']],
  ] as const)('is small in a browser: %s', async (what, entry, external) => {
    const { outputFiles } = await build({
      stdin: { contents: `export * from '${entry}'`, resolveDir: project },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      external: [...external],
      write: false,
    });
    expect(gzipSync(outputFiles[0]?.contents ?? '').length).toBeLessThan(LIMITS[what]);
  });
});
