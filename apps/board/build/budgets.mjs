import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** In kB as browsers get them, compressed. */
const FIRST_LIST = 140;
const ALL = 200;
/** Loaded by operators only, and by those who embed. */
const NOT_A_VIEWERS = /^(?:ops|embed|components)/;
const kB = (bytes) => (bytes / 1000).toFixed(1).padStart(7);

/**
 * Holds what a browser loads against the budgets: for the first list, and in all that a viewer can come to. Prints both;
 * throws where one is exceeded.
 */
export function budgets() {
  return {
    name: 'budgets',
    apply: 'build',
    writeBundle: {
      sequential: true,
      order: 'post',
      handler({ dir }, bundle) {
        const sizeOf = (file) => {
          const path = join(dir, file);
          return statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size;
        };
        const first = firstLoaded(bundle);
        const viewers = Object.keys(bundle).filter((file) => isCounted(bundle[file]));
        const lines = viewers
          .map((file) => ({ file, size: sizeOf(file), isFirst: first.has(file) }))
          .sort((a, b) => Number(b.isFirst) - Number(a.isFirst) || b.size - a.size);
        const total = (some) => some.reduce((sum, { size }) => sum + size, 0);
        const sums = { first: total(lines.filter(({ isFirst }) => isFirst)), all: total(lines) };
        for (const { file, size, isFirst } of lines) say(`${kB(size)} kB  ${isFirst ? 'first' : 'later'}  ${file}`);
        say(`${kB(sums.first)} kB  of ${FIRST_LIST} for the first list`);
        say(`${kB(sums.all)} kB  of ${ALL} for all that a viewer loads`);
        if (sums.first > FIRST_LIST * 1000) throw new Error(`the first list takes more than ${FIRST_LIST} kB`);
        if (sums.all > ALL * 1000) throw new Error(`a viewer loads more than ${ALL} kB`);
      },
    },
  };
}

/** The page, its script with all that this imports at once, their styles, and the font that it asks for. */
function firstLoaded(bundle) {
  const first = new Set(['index.html']);
  const take = (file) => {
    const chunk = bundle[file];
    if (!chunk || first.has(file)) return;
    first.add(file);
    for (const imported of chunk.imports ?? []) take(imported);
    for (const css of chunk.viteMetadata?.importedCss ?? []) first.add(css);
  };
  const page = Object.values(bundle).find((chunk) => chunk.type === 'chunk' && chunk.isEntry && chunk.name === 'board');
  if (!page) throw new Error('the bundle has no chunk named board');
  take(page.fileName);
  for (const file of Object.keys(bundle)) if (/geist-latin-wght/.test(file)) first.add(file);
  return first;
}

/** Letters of other scripts are fetched only where a title has them. */
function isCounted({ fileName, name, type }) {
  if (fileName.endsWith('.map') || fileName.endsWith('embed.html')) return false;
  if (/geist-(?!latin-wght)/.test(fileName)) return false;
  return !(type === 'chunk' ? NOT_A_VIEWERS.test(name) : NOT_A_VIEWERS.test(fileName.replace(/^assets\//, '')));
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
