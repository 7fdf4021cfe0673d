import { type EventToken, compareText, compareTokens } from './token';

/** A value and the token of the event that wrote it; by default the last writer wins. */
export interface Register<T> {
  value: T;
  token: EventToken;
}

/** The greater token wins; of equal tokens the greater value. The same object when nothing changes. */
export function write<T>(register: Register<T> | undefined, value: T, token: EventToken): Register<T> {
  if (register === undefined) return { value, token };
  const order = compareTokens(token, register.token) || compareValues(value, register.value);
  return order > 0 ? { value, token } : register;
}

/** The register of what was said first: the lesser token wins; of equal tokens the greater value. */
export function writeFirst<T>(register: Register<T> | undefined, value: T, token: EventToken): Register<T> {
  if (register === undefined) return { value, token };
  const order = compareTokens(register.token, token) || compareValues(value, register.value);
  return order > 0 ? { value, token } : register;
}

/** Numbers by size, as Postgres has them; all else by its JSON text. */
function compareValues(a: unknown, b: unknown): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareText(textOf(a), textOf(b));
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? '';
}
