import type { EnvelopeProblem } from './read-envelope';

/** Attributes that are read; another one in a header is passed on or ignored, and never a reason to refuse an event. */
const READ = new Set(['specversion', 'id', 'source', 'type', 'subject', 'time', 'sequence']);
const NAME = /^[a-z0-9]+$/;

export interface HeaderAttributes {
  attributes: Record<string, string>;
  problems: EnvelopeProblem[];
}

/** A header with every value that it was given with. */
export type GivenHeader<V> = readonly [name: string, values: readonly V[]];

/**
 * The attributes of an event in headers whose names begin with `prefix` (`ce_`, `ce-`), in any letter case. Equal
 * values are one. `decode` gives undefined for a value that cannot be read, `form` says how values are written.
 */
export function headerAttributes<V>(
  headers: readonly GivenHeader<V>[],
  { prefix, decode, form }: { prefix: string; decode: (value: V) => string | undefined; form: string },
): HeaderAttributes {
  const found = new Map<string, Set<string | undefined>>();
  for (const [header, values] of headers) {
    const name = header.toLowerCase().slice(prefix.length);
    // The value of the message is the data, whatever a header says.
    if (!NAME.test(name) || name === 'data') continue;
    const decoded = found.get(name) ?? new Set();
    for (const value of values) decoded.add(decode(value));
    found.set(name, decoded);
  }
  const attributes: Record<string, string> = {};
  const problems: EnvelopeProblem[] = [];
  for (const [name, values] of found) {
    const [value] = values;
    if (values.size === 1 && value !== undefined) attributes[name] = value;
    else if (READ.has(name)) problems.push({ path: `${prefix}${name}`, message: problemOf(values, form) });
  }
  return { attributes, problems };
}

function problemOf(values: ReadonlySet<string | undefined>, form: string): string {
  return values.has(undefined) ? `must be ${form}` : 'must be given once: its values differ';
}
