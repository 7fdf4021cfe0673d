import type { ErrorDetail } from '#libs/contracts';
import { Refusal } from '#libs/service-host';

/** How a request carries its events: one in its body, many in its body, or one in headers and body. */
export type Mode = 'structured' | 'batch' | 'binary';

type HeaderValues = Readonly<Record<string, string[] | undefined>>;

const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
const JSON_BODY = /^(application\/json|application\/[\w.-]+\+json)$/;
const ATTRIBUTE = /^ce-([a-z0-9]+)$/;
const PRINTABLE = /^[\x20-\x7e]*$/;

// A byte order mark is kept, and then is not JSON.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The mode that a request's headers say. Throws a Refusal (415) for what is none. */
export function modeOf(headers: HeaderValues): Mode {
  const [type = '', ...parameters] = (headers['content-type']?.[0] ?? '').split(';').map((part) => part.trim());
  const encoding = headers['content-encoding']?.join() ?? 'identity';
  const charset = parameters.find((parameter) => /^charset=/i.test(parameter));
  if (encoding.toLowerCase() !== 'identity')
    throw unsupported('Content-Encoding', 'must be left out: bodies are plain');
  if (charset && !/^charset="?utf-8"?$/i.test(charset)) throw unsupported('Content-Type', 'must be in UTF-8');
  const media = type.toLowerCase();
  if (media === STRUCTURED) return 'structured';
  if (media === BATCH) return 'batch';
  const isBinary = Object.keys(headers).some((name) => ATTRIBUTE.test(name));
  if (isBinary && (media === '' || JSON_BODY.test(media))) return 'binary';
  throw unsupported('Content-Type', `must be ${STRUCTURED}, ${BATCH}, or JSON data with ce-* headers`);
}

/** The events that a request carries, parsed as JSON and nothing more. Throws a Refusal (400). */
export function envelopesOf(mode: Mode, headers: HeaderValues, body: Uint8Array): unknown[] {
  if (mode === 'binary') return [{ ...attributesOf(headers), data: body.length === 0 ? undefined : parse(body) }];
  const parsed = parse(body);
  if (mode === 'structured') return [parsed];
  if (Array.isArray(parsed)) return parsed;
  throw invalid([{ parameter: '(whole)', message: 'must be a JSON array of events' }]);
}

/** A 400 that names every place. */
export function invalid(details: ErrorDetail[]): Refusal {
  const [first] = details;
  return new Refusal(400, 'invalid_body', first ? `${first.parameter}: ${first.message}` : 'not valid', details);
}

function parse(body: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw invalid([{ parameter: '(whole)', message: 'must be UTF-8' }]);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid([
      { parameter: '(whole)', message: `must be JSON: ${error instanceof Error ? error.message : 'no'}` },
    ]);
  }
}

/** Binary mode: `ce-` headers, percent-encoded where they are not printable ASCII. */
function attributesOf(headers: HeaderValues): Record<string, string> {
  const problems: ErrorDetail[] = [];
  const attributes = Object.entries(headers).flatMap(([header, values = []]) => {
    const [, name] = ATTRIBUTE.exec(header) ?? [];
    if (name === undefined) return [];
    const [value = '', ...more] = values;
    const decoded = more.length > 0 ? undefined : decode(value);
    if (decoded === undefined) {
      problems.push({ parameter: header, message: 'must be given once, in percent-encoded UTF-8' });
      return [];
    }
    return [[name, decoded] as const];
  });
  if (problems.length > 0) throw invalid(problems);
  return Object.fromEntries(attributes);
}

function decode(value: string): string | undefined {
  try {
    return PRINTABLE.test(value) ? decodeURIComponent(value) : undefined;
  } catch {
    return undefined;
  }
}

function unsupported(parameter: string, message: string): Refusal {
  return new Refusal(415, 'unsupported_media_type', `${parameter}: ${message}`, [{ parameter, message }]);
}
