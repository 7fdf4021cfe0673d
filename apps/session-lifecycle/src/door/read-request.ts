import {
  BATCH,
  type ErrorDetail,
  STRUCTURED,
  contentMode,
  headerAttributes,
  isJson,
  mediaTypeOf,
} from '#libs/contracts';
import { Refusal } from '#libs/service-host';

/** How a request carries its events: one in its body, many in its body, or one in headers and body. */
export type Mode = 'structured' | 'batch' | 'binary';

type HeaderValues = Readonly<Record<string, string[] | undefined>>;

const PREFIX = 'ce-';
const PRINTABLE = /^[\x20-\x7e]*$/;
const QUOTED = /^"(?:[^"\\]|\\.)*"$/;

// A byte order mark is kept, and then is not JSON.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The mode that a request's headers say. Throws a Refusal (415) for what is none. */
export function modeOf(headers: HeaderValues): Mode {
  const types = [...new Set(headers['content-type'])];
  if (types.length > 1) throw unsupported('Content-Type', 'must be given once');
  const [type = ''] = types;
  const charset = type.split(';').find((part) => /^\s*charset=/i.test(part));
  const encoding = headers['content-encoding']?.join() ?? 'identity';
  if (encoding.toLowerCase() !== 'identity')
    throw unsupported('Content-Encoding', 'must be left out: bodies are plain');
  if (charset && !/^\s*charset="?utf-8"?\s*$/i.test(charset)) throw unsupported('Content-Type', 'must be in UTF-8');
  const media = mediaTypeOf(type);
  const hasAttributes = Object.keys(headers).some((name) => name.startsWith(PREFIX));
  const mode = contentMode(media, hasAttributes);
  if (mode === 'structured' || mode === 'batch') return mode;
  const hasNoData = media === '' || headers['content-length']?.[0] === '0';
  if (mode === 'binary' && (hasNoData || isJson(media))) return mode;
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

/** Binary mode: `ce-` headers. */
function attributesOf(headers: HeaderValues): Record<string, string> {
  const given = Object.entries(headers)
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([name, values = []]) => [name, values] as const);
  const { attributes, problems } = headerAttributes(given, {
    prefix: PREFIX,
    decode,
    form: 'percent-encoded UTF-8',
  });
  if (problems.length === 0) return attributes;
  throw invalid(problems.map(({ path, message }) => ({ parameter: path, message })));
}

/** As the HTTP binding of CloudEvents says: out of double quotes where it stands in them, then percent-decoded. */
function decode(value: string): string | undefined {
  const text = QUOTED.test(value) ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
  try {
    return PRINTABLE.test(text) ? decodeURIComponent(text) : undefined;
  } catch {
    return undefined;
  }
}

function unsupported(parameter: string, message: string): Refusal {
  return new Refusal(415, 'unsupported_media_type', `${parameter}: ${message}`, [{ parameter, message }]);
}
