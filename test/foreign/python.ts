import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PATIENCE_MS = 120_000;

/** A Python of its own, with the packages of a requirements file in it. */
export interface Python {
  /** Starts a script; its output is read by the caller. */
  start(script: string, args: readonly string[]): ChildProcess;
  /** Runs a script to its end and gives what it wrote; rejects, with what it complained of, when it fails. */
  run(script: string, args: readonly string[]): Promise<string>;
  /** Runs a command that the packages brought to its end and gives what it wrote; rejects with all of that when it fails. */
  command(name: string, args: readonly string[], env?: Record<string, string>): Promise<string>;
  /** Removes it. */
  remove(): void;
}

/**
 * Makes a virtual environment below the system's temporary directory. Gives instead the reason, as a sentence for
 * whoever reads the test's output, where there is no Python, or its packages cannot be had.
 */
export async function makePython(requirements: string): Promise<Python | string> {
  const directory = mkdtempSync(join(tmpdir(), 'marquee-python-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const python = join(directory, 'bin', 'python');
  try {
    await run('python3', ['-m', 'venv', directory], { timeout: PATIENCE_MS });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements];
    await run(python, pip, { timeout: PATIENCE_MS });
  } catch (error) {
    remove();
    const [line] = (error as Error).message.split('\n');
    return `needs python3 with venv and pip, and the packages of ${requirements} from a registry (${line})`;
  }
  const start = (script: string, args: readonly string[]) => spawn(python, [script, ...args]);
  const bin = join(directory, 'bin');
  return {
    start,
    remove,
    run: async (script, args) => outputOf(start(script, args)),
    command: async (name, args, env) => {
      const path = `${bin}:${process.env['PATH']}`;
      return outputOf(spawn(join(bin, name), args, { cwd: directory, env: { ...process.env, ...env, PATH: path } }));
    },
  };
}

async function outputOf(child: ChildProcess): Promise<string> {
  let [output, complaints] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`it ended with ${code}: ${output}${complaints}`);
  return output;
}
