import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const ROOT = join(__dirname, '..', '..', '..');
const NAME = '@marquee/client';
/**
 * What a browser loads, minified and compressed, in bytes: our own code, and with what it needs.
 */
const LIMITS = { own: 10_500, whole: 23_400, react: 1_300 };

/** Three compilers share what the machine has left. */
const COMPILERS_LIMIT_MS = 300_000;

const USE = `
import { type Card, type DebugEvent, EmitError, Marquee, type LiveUpdate } from '${NAME}';
import { MarqueeProducer } from '${NAME}/kafka';
import { MarqueeProvider, useLiveSessions, useSession } from '${NAME}/react';
import { Kafka } from 'kafkajs';

const marquee = new Marquee({ gateway: 'http://localhost:1', api: 'http://localhost:2', events: 'http://localhost:3' });
marquee.live({ sort: 'viewer_count', limit: 10 }, ({ sessions }: LiveUpdate) => {
  const [first]: readonly Card[] = sessions;
  const viewers: number | null | undefined = first?.viewer_count;
  return viewers;
});
marquee.live({}, (update) => {
  if (update.state === 'stale') return [update.why, update.freshAt];
  if (update.state === 'refused') return update.final ? update.code : update.retryAt;
  // @ts-expect-error only a refused one has a code
  return update.code;
}).change({ q: 'ramen' }, { keepPrevious: true });
new Marquee({ token: async () => null, letGoHiddenAfterMs: false, debug: (event: DebugEvent) => event.type });
const looked = async (id: string): Promise<number> => {
  const { viewer_count, stale }: { viewer_count: number | null; stale: boolean } = await marquee.get(id);
  const { points } = await marquee.viewers(id, { from: new Date(), step: 60 });
  for await (const session of marquee.room(id, { status: ['live', 'ended'] })) session.title?.trim();
  return (await marquee.stats()).live_now + points.length + (stale ? 0 : (viewer_count ?? 0));
};
// @ts-expect-error undefined is no step
void marquee.viewers('a', { step: undefined });
// @ts-expect-error a sort that is none
marquee.live({ sort: 'shoe_size' }, () => undefined);
// @ts-expect-error a count is a number
void marquee.emit({ type: 'viewers.counted.v1', subject: 'a', data: { viewer_count: 'many' } });
new MarqueeProducer({ kafka: new Kafka({ brokers: [] }) }).emit({ type: 'session.heartbeat.v1', subject: 'a' }).catch(
  (error: unknown) => error instanceof EmitError && error.unsent,
);
export const total: () => number = () => useLiveSessions({ status: 'live' }).total;
export const open: () => boolean | null = () => useSession('a').isOpen;
export { MarqueeProvider, looked };
`;

const VITE_APP = {
  'package.json': JSON.stringify({ type: 'module', private: true }),
  'index.html': '<div id="root"></div><script type="module" src="/main.tsx"></script>',
  'tsconfig.json': JSON.stringify({
    compilerOptions: { jsx: 'react-jsx', module: 'esnext', moduleResolution: 'bundler' },
  }),
  'main.tsx': `
import { Marquee } from '${NAME}';
import { MarqueeProvider, useLiveSessions } from '${NAME}/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

const marquee = new Marquee({ gateway: 'http://localhost:3001' });
const Top = () => {
  const list = useLiveSessions({ sort: 'viewer_count', limit: 10 }, { keepPrevious: true });
  return <ol>{list.sessions.map(({ id, title }) => <li key={id}>{title}</li>)}</ol>;
};
const root = document.getElementById('root');
if (root) createRoot(root).render(<StrictMode><MarqueeProvider client={marquee}><Top /></MarqueeProvider></StrictMode>);
`,
};

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

  /**
   * What the compiler says in the strictest way of these files and of the package's own types. Those of others are not
   * ours to mend: kafkajs wants Node's.
   */
  const complaints = async (name: string, files: string[], options: object): Promise<string[]> => {
    const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
    const target = { target: 'es2022', lib: ['es2023', 'dom'], types: [], noEmit: true };
    const tsconfig = join(project, `tsconfig.${name}.json`);
    writeFileSync(tsconfig, JSON.stringify({ compilerOptions: { ...strict, ...target, ...options }, files }));
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const said = await new Promise<string>((resolve) => {
      execFile(process.execPath, [tsc, '-p', tsconfig], { cwd: project }, (_failed, stdout, stderr) =>
        resolve(stdout + stderr),
      );
    });
    return said
      .split(/\n(?! )/)
      .filter(
        (complaint) => complaint.trim() !== '' && (!/^\S*node_modules/.test(complaint) || complaint.includes(NAME)),
      );
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
    expect([...(esm as string[])].sort()).toEqual(['EmitError', 'Marquee', 'MarqueeError', 'WATCH_LIMIT', 'newId']);
    expect([...(cjs as string[])].sort()).toEqual([...(esm as string[])].sort());
  });

  describe('with Kafka and React', () => {
    const NEEDED = ['kafkajs', 'react', 'react-dom', '@types/react', '@types/react-dom', 'csstype'];
    beforeAll(() => link(...NEEDED));
    afterAll(() => unlink(...NEEDED));

    it('is built into a fresh app of Vite and React', () => {
      const app = join(project, 'app');
      mkdirSync(app);
      for (const [file, text] of Object.entries(VITE_APP)) writeFileSync(join(app, file), text);
      const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
      execFileSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: app, stdio: 'pipe' });
      const assets = join(app, 'dist', 'assets');
      const [script = ''] = readdirSync(assets).filter((name) => name.endsWith('.js'));
      expect(readFileSync(join(assets, script), 'utf8')).toContain('subscribe');
    });

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
            kafka: Object.keys(kafka).sort(),
            react: Object.keys(react).sort(),
          })));`,
      );
      const hooks = ['useConnectionStatus', 'useLiveSessions', 'useMarquee', 'useSession', 'useWatchedSessions'];
      expect(told).toEqual({
        same: true,
        kafka: ['EmitError', 'MarqueeProducer'],
        react: ['MarqueeProvider', ...hooks],
      });
    });

    /** The blocks of the reference in one language, as one file. */
    const reference = (language: string): string => {
      const text = readFileSync(join(ROOT, 'docs', 'sdk.md'), 'utf8');
      const blocks = [...text.matchAll(/^```(\w+)\n([^]*?)^```/gm)].filter(([, name]) => name === language);
      return blocks.map(([, , source]) => source).join('\n');
    };

    it(
      'has strict types in every way of resolving modules, and is used in its reference as it can be',
      async () => {
        const sources = {
          'use.mts': USE,
          'use.cts': USE,
          'use.ts': USE,
          'reference.ts': reference('ts'),
          'reference.tsx': reference('tsx'),
        };
        for (const [file, source] of Object.entries(sources)) writeFileSync(join(project, file), source);
        expect(sources['reference.ts']).toContain('new Marquee(');
        expect(sources['reference.tsx']).toContain('useLiveSessions(');
        const said = await Promise.all([
          complaints('node16', ['use.mts', 'use.cts'], { module: 'node16', moduleResolution: 'node16' }),
          complaints('nodenext', ['use.mts', 'use.cts'], { module: 'nodenext', moduleResolution: 'nodenext' }),
          complaints('bundler', ['use.ts', 'reference.ts', 'reference.tsx'], {
            module: 'esnext',
            moduleResolution: 'bundler',
            jsx: 'react-jsx',
          }),
        ]);
        expect(said).toEqual([[], [], []]);
      },
      COMPILERS_LIMIT_MS,
    );
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
