import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '#tools/stack';

/** How docs/architecture.md shortens the folders that it names most often. */
const SHORT: Record<string, string> = {
  lifecycle: 'apps/session-lifecycle/src',
  query: 'apps/session-query/src',
  gateway: 'apps/session-gateway/src',
  store: 'libs/session-store/src',
};

describe('docs/architecture.md', () => {
  it('names files and folders that there are', () => {
    const text = readFileSync(join(repositoryRoot(), 'docs/architecture.md'), 'utf8');
    const named = [...text.matchAll(/`((?:apps|libs|test|tools|lifecycle|query|gateway|store)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    );
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((path) => !existsSync(join(repositoryRoot(), whole(path))))).toEqual([]);
  });
});

function whole(path: string): string {
  const [first = '', ...rest] = path.split('/');
  return [SHORT[first] ?? first, ...rest].join('/');
}
