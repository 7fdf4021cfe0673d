import type { ListQuery } from '#libs/contracts';

/** One value or several of what is a list in the contract; the rest as it is there. */
type Askable<T> = T extends readonly (infer Item)[] ? Item | readonly Item[] : T;
type Times = 'started_after' | 'started_before';
/** A `Date`, epoch milliseconds, or RFC 3339. */
export type Time = Date | number | string;

/**
 * The filters, the order and the page size of `GET /sessions`. Times are a `Date`, epoch milliseconds or RFC 3339.
 * `cursor`: the `next_cursor` of a page of the same question, to go on from there.
 */
export type SessionQuery = {
  [K in Exclude<keyof ListQuery, 'page' | Times>]?: Askable<ListQuery[K]>;
} & { [K in Times]?: Time };

/** The query as parameters of REST. A walk takes large pages unless it is told otherwise. */
export function parametersOf(query: SessionQuery, more: Record<string, string> = {}): URLSearchParams {
  const parameters = new URLSearchParams({ limit: '100' });
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    parameters.set(name, name.startsWith('started_') ? timeOf(value as Time) : String(value));
  }
  for (const [name, value] of Object.entries(more)) parameters.set(name, value);
  return parameters;
}

export function timeOf(value: Time): string {
  return typeof value === 'string' ? value : new Date(value).toISOString();
}
