import { median } from '../machinery/summary';
import type { Parameters, Question } from './questions';

/** Each question is asked in so many forms. */
export const FORMS = 5;

/** What one question took. */
export interface Took {
  /** Of one page. */
  ms: number;
  /** What was not answered with a 200. */
  refused: string[];
}

interface Body {
  code?: string;
  data?: { sessions: { id: string }[]; next_cursor: string | null };
}

/** Asks the query service one question after another. */
export async function ask(url: string, key: string, { form, pages = 1 }: Question): Promise<Took> {
  const took: number[] = [];
  const refused: string[] = [];
  const given = new Set<string>();
  const forms = pages === 1 ? FORMS : 1;
  const page = async (parameters: Parameters): Promise<string | null> => {
    const began = performance.now();
    const answer = await fetch(`${url}/sessions?${new URLSearchParams(parameters).toString()}`, {
      headers: { 'x-api-key': key },
    });
    const body = (await answer.json()) as Body;
    took.push(performance.now() - began);
    if (!body.data) refused.push(`${answer.status} ${body.code} ${new URLSearchParams(parameters).toString()}`);
    if (pages > 1) for (const { id } of body.data?.sessions ?? []) expectNew(given, id);
    return body.data?.next_cursor ?? null;
  };
  for (let n = 0; n < forms; n++) {
    let cursor = await page(form(n));
    for (let at = 1; at < pages && cursor !== null; at++) cursor = await page({ ...form(n), cursor });
  }
  const ms = pages === 1 ? median(took) : took.reduce((sum, one) => sum + one, 0) / took.length;
  return { ms, refused };
}

function expectNew(given: Set<string>, id: string): void {
  if (given.has(id)) throw new Error(`a walk gave ${id} twice`);
  given.add(id);
}
