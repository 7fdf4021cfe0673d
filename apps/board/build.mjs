// Makes the board what browsers load: one script, one style sheet, one page, in dist/apps/board.
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '..', '..', 'dist', 'apps', 'board');

await mkdir(out, { recursive: true });
await build({
  entryPoints: [join(here, 'src', 'main.ts')],
  outfile: join(out, 'board.js'),
  bundle: true,
  minify: true,
  sourcemap: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  conditions: ['source-ts'],
  legalComments: 'none',
});
for (const file of ['index.html', 'board.css', 'board.svg']) await copyFile(join(here, file), join(out, file));
