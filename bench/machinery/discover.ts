import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './course';

const FOLDER = join(__dirname, '..');

/** Every folder with a `bench` is one: its name is the bench's. */
export function benchNames(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => existsSync(join(FOLDER, name, 'bench.js')))
    .sort();
}

export async function loadBench(name: string): Promise<Bench> {
  const { bench } = (await import(join(FOLDER, name, 'bench.js'))) as { bench: Bench };
  return bench;
}
