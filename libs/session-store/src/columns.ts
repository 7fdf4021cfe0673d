import { binaryArray } from './wire/binary-array';
import { type ColumnType, WIRE_FORMS } from './wire/column-type';

export { EPOCH_MS, EPOCH_US } from './wire/column-type';

/** The columns of a set-based write: name and type, in the order of their values. */
export type Columns<R> = readonly (readonly [keyof R & string, ColumnType])[];

/** `unnest($1::uuid[], …) AS given (id, …)` with its parameters: one array per column. */
export function unnest<R>(columns: Columns<R>, rows: readonly R[], first = 1): { from: string; values: unknown[] } {
  const arrays = columns.map(([, type], index) => `$${first + index}::${WIRE_FORMS[type].sql}[]`);
  return {
    from: `unnest(${arrays.join(', ')}) AS given (${names(columns)})`,
    values: columns.map(([name, type]) =>
      binaryArray(
        type,
        rows.map((row) => row[name]),
      ),
    ),
  };
}

export function names<R>(columns: Columns<R>): string {
  return columns.map(([name]) => `"${name}"`).join(', ');
}
