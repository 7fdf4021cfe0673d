/** As a column's type: its values are epoch ms, written as timestamptz. */
export const EPOCH_MS = 'epoch ms';
/** The same of epoch µs, which a timestamptz keeps whole. */
export const EPOCH_US = 'epoch µs';

/** The columns of a set-based write: name and SQL type, in the order of their values. */
export type Columns<R> = readonly (readonly [keyof R & string, string])[];

/** `unnest($1::uuid[], …) AS given (id, …)` with its parameters: one array per column. */
export function unnest<R>(columns: Columns<R>, rows: readonly R[], first = 1): { from: string; values: unknown[] } {
  const arrays = columns.map(([, type], index) => `$${first + index}::${isEpoch(type) ? 'float8' : type}[]`);
  const names = columns.map(([name]) => `"${name}"`);
  return {
    from: `unnest(${arrays.join(', ')}) AS given (${names.join(', ')})`,
    values: columns.map(([name]) => rows.map((row) => row[name])),
  };
}

export function names<R>(columns: Columns<R>): string {
  return columns.map(([name]) => `"${name}"`).join(', ');
}

export function given<R>(columns: Columns<R>): string {
  return columns.map(([name, type]) => valueOf(name, type)).join(', ');
}

function isEpoch(type: string): boolean {
  return type === EPOCH_MS || type === EPOCH_US;
}

/** `to_timestamp` takes seconds, of which a float8 has not all microseconds beyond the year 2106. */
function valueOf(name: string, type: string): string {
  if (type === EPOCH_MS) return `to_timestamp(given."${name}" / 1000)`;
  if (type === EPOCH_US) return `timestamptz 'epoch' + given."${name}" * interval '1 microsecond'`;
  return `given."${name}"`;
}

/**
 * Epoch ms → what a timestamptz is written with. Beyond the year 9999, where deadlines of the last events lie, a year is
 * written as Postgres reads it: `10000-…` instead of `+010000-…`.
 */
export function timestamp<T extends number | null>(ms: T): T extends null ? null : string {
  const text = ms === null ? null : new Date(ms).toISOString().replace(/^\+0*/, '');
  return text as T extends null ? null : string;
}
