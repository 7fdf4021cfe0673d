import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './given/eventually';
import { ProcessGroup, personsEnv } from './given/process-group';

const ROOT = join(__dirname, '..');
const STARTING_MS = 600_000;

describe('npm start, interrupted before all is up', () => {
  const home = mkdtempSync(join(tmpdir(), 'marquee-interrupted-'));
  const env = personsEnv();
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  /** All that a start has begun, by name; as soon as there are processes. */
  function pidsOf(data: string): Map<string, number> {
    const file = join(data, 'run.json');
    if (!existsSync(file)) return new Map();
    const entries = JSON.parse(readFileSync(file, 'utf8')) as { name: string; pid: number }[];
    return new Map(entries.map(({ name, pid }) => [name, pid]));
  }

  function isAlive(pid: number): boolean {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }

  it.each(['kafka', 'session-lifecycle'])(
    'leaves nothing behind when %s has just begun',
    async (name) => {
      const data = join(home, name);
      const marquee = new ProcessGroup('npm', ['start', '--', '--data-dir', data], { cwd: ROOT, env });
      const begun = await eventually(
        `${name} has begun`,
        async () => {
          const pids = pidsOf(data);
          return pids.has(name) ? pids : undefined;
        },
        STARTING_MS,
      );
      expect([...begun.values()].filter(isAlive)).toEqual([...begun.values()]);
      marquee.interrupt();
      try {
        await marquee.end();
        expect([...begun].filter(([, pid]) => isAlive(pid))).toEqual([]);
      } finally {
        for (const pid of [...begun.values()].filter(isAlive)) process.kill(pid, 'SIGKILL');
      }
      expect(marquee.output).not.toContain(`${name} is `);
      expect(marquee.output).not.toMatch(/ended while starting|Error/);
      expect(pidsOf(data).size).toBe(0);
    },
    STARTING_MS,
  );
});
