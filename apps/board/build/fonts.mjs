import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import subsetFont from 'subset-font';

const require = createRequire(import.meta.url);
const MADE = fileURLToPath(new URL('../../../node_modules/.cache/board-fonts', import.meta.url));
/** The letters are those of the packages' own @font-face rules, as base.css has them. */
const FONTS = {
  'geist-latin-wght-normal':
    '0-FF 131 152-153 2BB-2BC 2C6 2DA 2DC 304 308 329 2000-206F 20AC 2122 2191 2193 2212 2215 FEFF FFFD',
  'geist-latin-ext-wght-normal': '100-2BA 2BD-2C5 2C7-2CC 2CE-2D7 2DD-2FF 1E00-1E9F 1EF2-1EFF 2020 20A0-20AB',
};
/** The board has no lighter and no bolder text. */
const WEIGHTS = { min: 400, max: 700 };

/** Gives the board's style sheets its fonts without the weights that it does not use, which are a third of them. */
export function fonts() {
  return {
    name: 'fonts',
    config: () => ({
      resolve: { alias: [{ find: /^@fontsource-variable\/geist\/files\//, replacement: `${MADE}/` }] },
    }),
    async buildStart() {
      await mkdir(MADE, { recursive: true });
      await Promise.all(Object.entries(FONTS).map(([name, ranges]) => make(`${name}.woff2`, lettersOf(ranges))));
    },
  };
}

async function make(file, letters) {
  const whole = await readFile(require.resolve(`@fontsource-variable/geist/files/${file}`));
  const options = { targetFormat: 'woff2', variationAxes: { wght: WEIGHTS } };
  await writeFile(join(MADE, basename(file)), await subsetFont(whole, letters, options));
}

/** Of ranges of code points, in hex. */
function lettersOf(ranges) {
  return ranges
    .split(' ')
    .map((range) => range.split('-').map((end) => Number.parseInt(end, 16)))
    .flatMap(([first, last = first]) => Array.from({ length: last - first + 1 }, (_, n) => first + n))
    .map((point) => String.fromCodePoint(point))
    .join('');
}
