import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '#tools/stack';

const PLACE = /replace(?:Method)?\(\s*'(?<file>[^']+)\.js',\s*'(?<name>\w+)',\s*(?:'(?<method>\w+)')?/g;

/** Each place in the product that a seeded bug puts something else into. */
const places = readdirSync(__dirname)
  .filter((file) => /^m\d+\.ts$/.test(file))
  .flatMap((bug) => {
    const found = [...readFileSync(join(__dirname, bug), 'utf8').matchAll(PLACE)];
    return found.map(({ groups: { file = '', name = '', method } = {} }) => ({
      bug,
      file: `${file}.ts`,
      name,
      method,
    }));
  });

describe('a seeded bug', () => {
  it('stands in a file of its own, from M1 on without a gap', () => {
    const bugs = [...new Set(places.map(({ bug }) => Number(bug.slice(1, -3))))].sort((a, b) => a - b);
    expect(bugs).toEqual(bugs.map((_, index) => index + 1));
    expect(bugs.length).toBeGreaterThanOrEqual(17);
  });

  it.each(places)('$bug finds what it replaces: $target', ({ file, name, method }) => {
    const path = join(repositoryRoot(), file);
    const source = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (method === undefined) expect(source).toMatch(new RegExp(`^export (async )?function ${name}\\b`, 'm'));
    else {
      expect(source).toMatch(new RegExp(`^export class ${name}\\b`, 'm'));
      expect(source).toMatch(new RegExp(`^  (private |protected )?(async )?${method}[<(]`, 'm'));
    }
  });
});
