import { join } from 'node:path';
import { repositoryRoot } from '#tools/stack';

type Exports = Record<string, unknown>;
type Method = (this: unknown, ...given: never[]) => unknown;

/** A module of the built product, the very one that its processes load. */
export function built(path: string): Exports {
  return require(join(repositoryRoot(), 'dist', path)) as Exports;
}

/** Puts another function in the place of one that a module exports. */
export function replace(path: string, name: string, by: (original: Method) => Method): void {
  const module = built(path);
  if (typeof module[name] !== 'function') throw new Error(`${path} exports no function ${name}`);
  module[name] = by(module[name] as Method);
}

/** The same for a method of a class that a module exports. */
export function replaceMethod(path: string, className: string, name: string, by: (original: Method) => Method): void {
  const { prototype } = built(path)[className] as { prototype: Record<string, unknown> };
  if (typeof prototype[name] !== 'function') throw new Error(`${className} has no method ${name}`);
  prototype[name] = by(prototype[name] as Method);
}
