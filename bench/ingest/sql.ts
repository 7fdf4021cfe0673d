/** Asks a database. */
export type Sql = <R extends object>(text: string, values?: unknown[]) => Promise<R[]>;
