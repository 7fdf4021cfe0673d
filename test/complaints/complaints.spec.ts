import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '#tools/stack';

const NUMBERS = Array.from({ length: 24 }, (_, n) => `C${n + 1}`);

/** The complaints whose numbers begin the title of a test, one or several with commas between them and a colon behind. */
function numbersIn(spec: string): string[] {
  const titles = read(spec).matchAll(/\(\s*['"`]((?:C\d+, )*C\d+): /g);
  return [...titles].flatMap(([, numbers = '']) => numbers.split(', '));
}

describe('docs/complaints.md', () => {
  const rows = read('docs/complaints.md')
    .split('\n')
    .filter((line) => /^\| C\d+ /.test(line))
    .map((line) => ({ number: line.split('|')[1]?.trim() ?? '', paths: pathsIn(line) }));

  it('has every complaint once', () => {
    expect(rows.map(({ number }) => number)).toEqual(NUMBERS);
  });

  it.each(rows)('names tests of $number that there are, and what they guard', ({ number, paths }) => {
    expect(paths.filter((path) => !existsSync(join(repositoryRoot(), path)))).toEqual([]);
    const specs = paths.filter((path) => path.endsWith('spec.ts'));
    expect(specs).not.toEqual([]);
    expect(paths.length).toBeGreaterThan(specs.length);
    expect(specs.filter((spec) => !numbersIn(spec).includes(number))).toEqual([]);
  });

  it('names every spec with a complaint in its titles', () => {
    const named = new Set(rows.flatMap(({ number, paths }) => paths.map((path) => `${number} ${path}`)));
    const titled = ['apps', 'libs', 'test', 'tools']
      .flatMap((folder) => filesOf(folder))
      .filter((file) => file.endsWith('spec.ts'))
      .flatMap((spec) => numbersIn(spec).map((number) => `${number} ${spec}`));
    expect(titled.filter((one) => !named.has(one))).toEqual([]);
  });
});

function read(path: string): string {
  return readFileSync(join(repositoryRoot(), path), 'utf8');
}

function pathsIn(line: string): string[] {
  return [...line.matchAll(/`((?:apps|libs|test)\/[\w./-]+)`/g)].map(([, path = '']) => path);
}

function filesOf(folder: string): string[] {
  return readdirSync(join(repositoryRoot(), folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesOf(path) : [path];
  });
}
