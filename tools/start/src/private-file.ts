import { rmSync, writeFileSync } from 'node:fs';

/** Writes a file that only its owner may read, whatever the mode of the one that was there. */
export function writePrivate(file: string, text: string): void {
  rmSync(file, { force: true });
  writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
}
