import { type ErrorDetail, listParameters } from '#libs/contracts';
import { Refusal, parseOrRefuse } from '#libs/service-host';
import { z } from 'zod';

const BRACKETS = /^(.+)\[\w*\]$/;

/**
 * The parameters after the `?` of a request target, decoded. One that takes several values by its schema may be
 * repeated, and is then read as if they were comma separated. What a query parser would guess at is refused: a broken
 * percent encoding, any other parameter given twice, and brackets in a name.
 */
export function readParameters(target: string, schema: z.ZodObject): Record<string, string> {
  const start = target.indexOf('?');
  if (start < 0) return {};
  const lists = listParameters(schema);
  const read = new Map<string, string>();
  const problems: ErrorDetail[] = [];
  for (const pair of target.slice(start + 1).split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = decode(equals < 0 ? '' : pair.slice(equals + 1));
    if (name === undefined || value === undefined) {
      problems.push({ parameter: name ?? '(name)', message: 'is not valid percent-encoded UTF-8' });
      continue;
    }
    const before = read.get(name);
    const problem = problemOf(name, before !== undefined, lists);
    if (problem) problems.push({ parameter: name, message: problem });
    else read.set(name, before === undefined ? value : `${before},${value}`);
  }
  const [first] = problems;
  if (first) throw new Refusal(400, 'invalid_query', `${first.parameter}: ${first.message}`, problems);
  return Object.fromEntries(read);
}

const noParameters = z.strictObject({});

/** Refuses parameters where there are none. */
export function readNoParameters(target: string): void {
  parseOrRefuse(noParameters, readParameters(target, noParameters));
}

function problemOf(name: string, isRepeated: boolean, lists: ReadonlySet<string>): string | undefined {
  const [, plain = ''] = BRACKETS.exec(name) ?? [];
  if (lists.has(plain)) return `must be written without brackets: ${plain}=a&${plain}=b, or ${plain}=a,b`;
  return isRepeated && !lists.has(name) ? 'must be given once; it takes one value' : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
