import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';

/** A free port of 127.0.0.1: `wanted` if nobody has it, else any. */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  try {
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the system gave no port');
    return address.port;
  } catch (error) {
    if (wanted === 0) throw error;
    return freePort(0);
  } finally {
    server.close();
  }
}

/** The first free port from `first` on. */
export async function nextFreePort(first: number, taken: readonly number[] = []): Promise<number> {
  for (let port = first; port < first + 200; port++) {
    if (!taken.includes(port) && (await freePort(port)) === port) return port;
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
