import { maskEmail } from '#libs/session';

/** The fields in which two objects differ, and what each of the two says there. */
export interface DifferingFields {
  names: string[];
  expected: string;
  found: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** null: all fields are equal. The order of keys is nothing that differs; a field that is absent is undefined. */
export function differingFields(expected: object, found: object): DifferingFields | null {
  const [left, right] = [expected as Fields, found as Fields];
  const all = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  const names = all.filter((name) => canonical(left[name]) !== canonical(right[name]));
  if (names.length === 0) return null;
  const told = (fields: Fields) => names.map((name) => `${name} ${shown(fields[name])}`).join(', ');
  return { names, expected: told(left), found: told(right) };
}

/** A value as a text that is equal for equal values, whatever the order of their keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (isFields(inner) ? sorted(inner) : inner)) ?? 'undefined';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Addresses of people are masked: what differs is told in terminals and logs. */
function shown(value: unknown): string {
  const text = JSON.stringify(value, (name, inner: unknown) =>
    name === 'email' && typeof inner === 'string' ? maskEmail(inner) : inner,
  );
  return (text ?? 'nothing').replace(/[^\s"@]+@[^\s"@]+/g, maskEmail);
}
