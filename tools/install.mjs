// The first step of every command: plain JavaScript without dependencies, for whatever Node the machine has.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const modifiedAt = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** The project's own Node 24 comes first on the path of everything that is run from here. */
export const env = { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}` };

/** Runs a command in the project's root and waits for it; ends this process when it fails. */
export function run(command, args, { quiet = false } = {}) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    env,
    stdio: quiet ? 'pipe' : 'inherit',
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  });
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}\n` : ''}`);
  process.stderr.write(`failed: ${command} ${args.join(' ')}\n`);
  process.exit(1);
}

/** Installs the packages when they are missing or older than the lock file. Tells whether it had to. */
export function install() {
  if (modifiedAt(join(root, 'node_modules', '.package-lock.json')) >= modifiedAt(join(root, 'package-lock.json'))) {
    return false;
  }
  run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error']);
  return true;
}

/** Builds when a source is newer than the last build. Tells whether it had to. */
export function build() {
  const stamp = modifiedAt(join(root, 'dist', 'build.tsbuildinfo'));
  const board = modifiedAt(join(root, 'dist', 'apps', 'board', 'index.html'));
  const newest = Math.max(
    ...['apps', 'libs', 'tools', 'bench', join('test', 'torture'), join('test', 'given')].map((folder) =>
      newestBelow(join(root, folder)),
    ),
    ...['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'].map((file) =>
      modifiedAt(join(root, file)),
    ),
  );
  if (newest <= Math.min(stamp, board)) return false;
  run('npm', ['run', '--silent', 'build'], { quiet: true });
  return true;
}

function newestBelow(folder) {
  let newest = 0;
  for (const entry of existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []) {
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestBelow(path) : statSync(path).mtimeMs);
  }
  return newest;
}

/** Goes on with the project's own Node: hands on signals, ends as it ends. */
export function continueWith(script, args) {
  const child = spawn('node', [script, ...args], { cwd: root, env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
