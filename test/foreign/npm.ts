import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FOREIGN_CACHE, outputOf } from './toolchain';

/**
 * Installs the packages that the lock file of a folder pins, apart from Marquee's own, and gives the folder where they are,
 * with the folder's `programs` beside them. Kept from run to run. Gives instead the reason, as a sentence for whoever reads
 * the test's output, where they cannot be had.
 */
export async function makeNpm(folder: string): Promise<{ directory: string } | string> {
  const lock = readFileSync(join(folder, 'package-lock.json'));
  const directory = join(FOREIGN_CACHE, `npm-${createHash('sha256').update(lock).digest('hex').slice(0, 12)}`);
  try {
    if (!existsSync(directory)) await install(folder, directory);
  } catch (error) {
    const [line] = (error as Error).message.split('\n');
    return `needs the packages of ${join(folder, 'package.json')} from a registry (${line})`;
  }
  cpSync(join(folder, 'programs'), join(directory, 'programs'), { recursive: true, force: true });
  return { directory };
}

/** Into a folder beside it first, so that what was interrupted is not taken for whole. */
async function install(folder: string, directory: string): Promise<void> {
  const unfinished = `${directory}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) cpSync(join(folder, name), join(unfinished, name));
  await outputOf('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], { cwd: unfinished });
  renameSync(unfinished, directory);
}
