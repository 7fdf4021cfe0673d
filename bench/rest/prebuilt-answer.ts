import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Arena } from '../machinery/arena';

/** An answer as it went over the wire. */
export interface PrebuiltAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** What a server writes of itself. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'date']);

export async function answerTo(url: string, headers: Record<string, string> = {}): Promise<PrebuiltAnswer> {
  const answer = await fetch(url, { headers: { 'accept-encoding': 'identity', ...headers } });
  const said = [...answer.headers].filter(([name]) => !OF_THE_CONNECTION.has(name));
  return { status: answer.status, headers: Object.fromEntries(said), body: await answer.text() };
}

/** Gives the path of a file that holds it. */
export function keepAnswer(arena: Arena, answer: PrebuiltAnswer): string {
  const path = join(arena.directory, 'answer.json');
  writeFileSync(path, JSON.stringify(answer));
  return path;
}
