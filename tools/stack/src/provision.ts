import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Provision = 'embedded' | 'compose';

const WAYS_ON = `Kafka and Redis need one of these:
  1. Java 17 or newer and Maven:  apt-get install default-jre-headless maven   (or your system's way), then start again
  2. a running Docker engine:     docker compose up -d kafka postgres redis      (found and used by itself)
  3. servers that you have:       KAFKA_BROKERS=host:port DATABASE_URL=postgres://… REDIS_URL=redis://…  npm start`;

/**
 * How the servers that no URL is given for come to be here: Java and Maven, else what apt can install (root, Debian),
 * else Docker. Throws an error that names every way on.
 */
export async function provision(onStep: (text: string) => void): Promise<Provision> {
  const missing = await missingForEmbedded();
  if (missing.length === 0) return 'embedded';
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version') && (await works('apt-get', ['--version']))) {
    onStep(`installing with apt-get, for lack of ${missing.join(' and ')}: default-jre-headless maven`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { env, maxBuffer: 50_000_000 });
    await run('apt-get', ['install', '-y', '-qq', 'default-jre-headless', 'maven'], { env, maxBuffer: 50_000_000 });
    if ((await missingForEmbedded()).length === 0) return 'embedded';
  }
  if (await works('docker', ['info'])) return 'compose';
  throw new Error(`There is no ${missing.join(' and no ')} on this machine.\n${WAYS_ON}`);
}

async function missingForEmbedded(): Promise<string[]> {
  const java = await javaVersion();
  const missing = java === null ? ['Java'] : java < 17 ? [`Java 17 (found ${java})`] : [];
  if (!(await works('mvn', ['-v']))) missing.push('Maven');
  return missing;
}

async function javaVersion(): Promise<number | null> {
  try {
    const { stdout, stderr } = await run('java', ['-version']);
    const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(`${stdout}${stderr}`) ?? [];
    return first === undefined ? null : Number(first === '1' ? second : first);
  } catch {
    return null;
  }
}

async function works(command: string, args: string[]): Promise<boolean> {
  try {
    await run(command, args, { timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}
