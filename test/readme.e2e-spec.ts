import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lacking } from './foreign/toolchain';
import { eventuallyPasses } from './given/eventually';
import { ProcessGroup, personsEnv } from './given/process-group';

const ROOT = join(__dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
/** It may have to install and build, and starts a Kafka, a Postgres and a Redis of its own. */
const STARTING_MS = 600_000;

/** The shell blocks of the README in their order, each with the paragraph before it. */
const [START, ...BLOCKS] = [...README.matchAll(/([^\n]*)\n\n```sh\n(.*?)```/gs)].map(([, before = '', script = '']) => {
  return { before, script };
});

describe('the README', () => {
  const home = mkdtempSync(join(tmpdir(), 'marquee-readme-'));
  const data = join(home, '.marquee');
  // Not those of the test run: what is pasted meets a fresh Marquee.
  const env = personsEnv();
  const kcat = lacking(['kcat', '-V']);
  let marquee: ProcessGroup;

  beforeAll(async () => {
    symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'));
    const [command = '', ...args] = (START?.script ?? '').trim().split(' ');
    marquee = new ProcessGroup(command, [...args, '--', '--data-dir', data, '--no-simulator'], { cwd: ROOT, env });
    await marquee.says('curl', STARTING_MS);
  }, STARTING_MS);
  afterAll(async () => {
    marquee?.interrupt();
    await marquee?.end();
    rmSync(home, { recursive: true, force: true });
  });

  const rest = () => /REST=['"]?([^'"\n]+)/.exec(readFileSync(join(data, 'env'), 'utf8'))?.[1] ?? '';

  it('begins with a start that says where everything is, and with which key', () => {
    for (const name of ['board', 'REST', 'socket', 'events', 'key']) {
      expect(marquee.output).toMatch(new RegExp(`^ +${name} +\\S+`, 'm'));
    }
    expect(marquee.output).toContain(rest());
  });

  it('keeps keys in files that only their owner may read', () => {
    const modes = ['env', 'key', 'admin-key', 'stack.json'].map((name) => statSync(join(data, name)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o600, 0o600]);
  });

  it.each(BLOCKS)('has a block that works as it is pasted: $before', async ({ before, script }) => {
    if (script.includes('kcat') && kcat !== null) return void process.stderr.write(`README: ${kcat}\n`);
    const pasted = new ProcessGroup('sh', ['-e', '-c', script], { cwd: home, env });
    if (before.includes('Ctrl-C')) {
      await pasted.says('Hello from Node');
      pasted.interrupt();
      await pasted.end();
    } else {
      const code = await pasted.end();
      expect({ code, output: pasted.output }).toEqual({
        code: 0,
        output: expect.not.stringContaining('"success":false'),
      });
    }
    const [, title] = /"?title"?: ?['"](Hello[^'"]*)/.exec(script) ?? [];
    if (title !== undefined) await eventuallyPasses(`${title} is on air`, () => expectOnAir(title));
  });

  it('puts every session on air that its blocks start', async () => {
    const titles = [...README.matchAll(/"?title"?: ?['"](Hello[^'"]*)/g)].map(([, title = '']) => title);
    expect(titles).toHaveLength(3);
    for (const title of titles.filter((one) => kcat === null || !one.includes('kcat'))) await expectOnAir(title);
  });

  it('ends with Ctrl-C, and leaves no address behind', async () => {
    marquee.interrupt();
    // npm itself may end by the signal.
    expect([0, null]).toContain(await marquee.end());
    expect(marquee.output).toMatch(/stopping .*postgres/);
    expect(['env', 'stack.json'].map((name) => existsSync(join(data, name)))).toEqual([false, false]);
  });

  it.each([...README.matchAll(/\]\((docs\/[^)#]+)/g)].map(([, path = '']) => path))(
    'links to %s, which is there',
    (path) => {
      expect(existsSync(join(ROOT, path))).toBe(true);
    },
  );

  async function expectOnAir(title: string): Promise<void> {
    const answer = await fetch(`${rest()}/sessions?status=live&q=hello&limit=100`);
    const { data: page } = (await answer.json()) as { data: { sessions: { title: string }[] } };
    expect(page.sessions.map((session) => session.title)).toContain(title);
  }
});
