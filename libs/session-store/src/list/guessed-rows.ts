import type { Ask } from './bounded-question';

interface Explained {
  'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }];
}

/** How many rows the planner expects of a statement; it is not run. */
export async function guessedRows(ask: Ask, { text, values }: { text: string; values: unknown[] }): Promise<number> {
  const [explained] = (await ask(`EXPLAIN (FORMAT JSON) ${text}`, values)) as Explained[];
  return explained?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
}
