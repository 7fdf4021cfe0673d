import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';

/** Below what systems give to outgoing connections: between the choice and its use none of those may take it. */
const CHOSEN_FROM = [15_000, 32_000] as const;
const TRIES = 50;

/** A free port of 127.0.0.1: `wanted` if nobody has it, else any. */
export async function freePort(wanted = 0): Promise<number> {
  if (wanted > 0 && (await isFree(wanted))) return wanted;
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(...CHOSEN_FROM);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port was found from ${CHOSEN_FROM[0]} to ${CHOSEN_FROM[1]} in ${TRIES} tries`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** The first free port from `first` on. */
export async function nextFreePort(first: number, taken: readonly number[] = []): Promise<number> {
  for (let port = first; port < first + 200; port++) {
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port from ${first} to ${first + 199}`);
}

/** The port that a data directory had before, if it is still free: clients of an earlier start find it again. */
export async function keptPort(directory: string, name: string): Promise<number> {
  const file = join(directory, `${name}.port`);
  const before = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const port = await freePort(Number.isInteger(before) && before > 0 && before < 65_536 ? before : 0);
  writeFileSync(file, String(port));
  return port;
}

/** Whether something accepts connections there. */
export async function accepts(port: number): Promise<boolean> {
  const socket = createConnection({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
