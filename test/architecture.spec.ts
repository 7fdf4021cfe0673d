import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '#tools/stack';

/** How docs/architecture.md shortens the folders that it names most often. */
const SHORT: Record<string, string> = {
  lifecycle: 'apps/session-lifecycle/src',
  query: 'apps/session-query/src',
  gateway: 'apps/session-gateway/src',
  board: 'apps/board/src',
  store: 'libs/session-store/src',
};
const FIRST = ['apps', 'libs', 'test', 'tools', ...Object.keys(SHORT)];
const IS_FILE = /\.(ts|tsx|css)$/;

describe('docs/architecture.md', () => {
  const lines = readFileSync(join(repositoryRoot(), 'docs/architecture.md'), 'utf8').split('\n');
  const named = lines.flatMap(namedIn);

  it('names files and folders that there are', () => {
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((path) => !existsSync(join(repositoryRoot(), path)))).toEqual([]);
  });
});

/** The paths that a line names. A file without its whole path is beside the last one that has it. */
function namedIn(line: string): string[] {
  let beside = '';
  return [...line.matchAll(/`([\w.-]+(?:\/[\w.-]+)*\/?)`/g)].flatMap(([, name = '']) => {
    const [first = '', ...rest] = name.split('/');
    if (rest.length > 0 && FIRST.includes(first)) {
      const path = [SHORT[first] ?? first, ...rest].join('/');
      beside = IS_FILE.test(path) ? dirname(path) : path;
      return [path];
    }
    return IS_FILE.test(name) ? [join(beside, name)] : [];
  });
}
