import type { ErrorDetail } from '#libs/contracts';
import { Refusal } from '#libs/service-host';

/**
 * The parameters after the `?` of a request target, decoded. What a query parser would guess at is refused: a broken
 * percent encoding, and a parameter given twice (several values stand in one, comma separated).
 */
export function readParameters(target: string): Record<string, string> {
  const start = target.indexOf('?');
  const read = new Map<string, string>();
  const problems: ErrorDetail[] = [];
  for (const pair of start < 0 ? [] : target.slice(start + 1).split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = decode(equals < 0 ? '' : pair.slice(equals + 1));
    if (name === undefined || value === undefined) {
      problems.push({ parameter: name ?? '(name)', message: 'is not valid percent-encoded UTF-8' });
    } else if (read.has(name)) {
      problems.push({ parameter: name, message: 'must be given once; several values are comma separated' });
    } else {
      read.set(name, value);
    }
  }
  const [first] = problems;
  if (first) throw new Refusal(400, 'invalid_query', `${first.parameter}: ${first.message}`, problems);
  return Object.fromEntries(read);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
