import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The project's root, from the sources as from `dist`. */
export function repositoryRoot(): string {
  let directory = __dirname;
  while (!existsSync(join(directory, 'package-lock.json'))) {
    if (directory === dirname(directory)) throw new Error('the project’s root was not found');
    directory = dirname(directory);
  }
  return directory;
}
