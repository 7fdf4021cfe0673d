/** As a column's type: its values are epoch ms, written as timestamptz. */
export const EPOCH_MS = 'epoch ms';

/** The columns of a set-based write: name and SQL type, in the order of their values. */
export type Columns<R> = readonly (readonly [keyof R & string, string])[];

/** `unnest($1::uuid[], …) AS given (id, …)` with its parameters: one array per column. */
export function unnest<R>(columns: Columns<R>, rows: readonly R[], first = 1): { from: string; values: unknown[] } {
  const arrays = columns.map(([, type], index) => `$${first + index}::${type === EPOCH_MS ? 'float8' : type}[]`);
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
  return columns
    .map(([name, type]) => (type === EPOCH_MS ? `to_timestamp(given."${name}" / 1000)` : `given."${name}"`))
    .join(', ');
}

/**
 * Epoch ms → what a timestamptz is written with. Beyond the year 9999, where deadlines of the last events lie, a year is
 * written as Postgres reads it: `10000-…` instead of `+010000-…`.
 */
export function timestamp<T extends number | null>(ms: T): T extends null ? null : string {
  const text = ms === null ? null : new Date(ms).toISOString().replace(/^\+0*/, '');
  return text as T extends null ? null : string;
}
