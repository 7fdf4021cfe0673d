import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Where foreign toolchains keep what they fetch: ignored by git, kept from run to run. */
export const FOREIGN_CACHE = join(__dirname, '..', '..', '.marquee', 'foreign');

const run = promisify(execFile);

/** The first command that this machine lacks, as a sentence for whoever reads of a test that is skipped; else null. */
export function lacking(...commands: (readonly [command: string, ...args: string[]])[]): string | null {
  const missing = commands.find(([command, ...args]) => spawnSync(command, args, { stdio: 'ignore' }).status !== 0);
  return missing ? `skipped: \`${missing.join(' ')}\` has to work on this machine` : null;
}

/** Runs a command to its end and gives what it wrote; rejects, with what it complained of, when it fails. */
export async function outputOf(command: string, args: readonly string[], options: { cwd?: string; env?: object } = {}) {
  const { cwd, env } = options;
  const { stdout } = await run(command, [...args], { cwd, env: { ...process.env, ...env }, maxBuffer: 10_000_000 });
  return stdout;
}
