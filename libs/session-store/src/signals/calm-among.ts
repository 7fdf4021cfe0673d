import type { DataSource } from 'typeorm';

/** Those of the sessions that were calm a moment ago. Locks nothing: `beatCalm` looks again. */
export async function calmAmong(source: DataSource, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = (await source.query(
    `SELECT session_id FROM session_signals WHERE session_id = ANY($1::uuid[]) AND calm`,
    [ids],
  )) as { session_id: string }[];
  return new Set(rows.map(({ session_id: id }) => id));
}
