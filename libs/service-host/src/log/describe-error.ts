import { types } from 'node:util';

/** An error as logs, answers and the quarantine may show it: which one and where, never the data it was about. */
export interface DescribedError {
  type: string;
  message: string;
  /** The frames alone: V8 repeats the message above them. */
  stack?: string;
  cause?: DescribedError;
  errors?: DescribedError[];
  code?: string | number;
  [fact: string]: unknown;
}

/**
 * What else of an error is shown. A list of what may pass, since drivers hang anything on their errors: the parameters of
 * a query, the arguments of a command, the row that was refused.
 */
const FACTS = [
  'code',
  'errno',
  'syscall',
  'address',
  'port',
  'status',
  'statusCode',
  'severity',
  'routine',
  'schema',
  'table',
  'column',
  'constraint',
  'dataType',
];
const SQLSTATE = /^[0-9A-Z]{5}$/;
/** Of these classes Postgres says names of ours only; other messages, like those of 22 (data), quote values. */
const QUOTES_NAMES = /^(08|23|25|28|3D|40|42|53|54|55|57|58)/;
const MOST_CAUSES = 5;
const LONGEST_MESSAGE = 1000;
/** So much of a message is searched for what may not be shown, so that nothing is cut in its middle. */
const LONGEST_SEARCHED = 10_000;

/**
 * The same in one line, with its causes, for where text is kept. Where data was left out of the message, it says what kind
 * of error it was: `invalid input syntax for type uuid: "…" (QueryFailedError 22P02)`.
 */
export function describeError(error: unknown, causes = MOST_CAUSES): string {
  if (!isError(error)) return serializeError(error).message;
  const { type, code, message } = serialize(error, 0);
  const kind = message === error.message ? '' : ` (${type}${code === undefined ? '' : ` ${code}`})`;
  return `${message}${kind}${error.cause === undefined || causes === 0 ? '' : `: ${describeError(error.cause, causes - 1)}`}`;
}

/** What is logged under `err`. */
export function serializeError(error: unknown): DescribedError {
  return serialize(error, MOST_CAUSES);
}

function serialize(error: unknown, causes: number): DescribedError {
  if (!isError(error))
    return { type: typeof error, message: typeof error === 'string' ? withoutSecrets(error) : '(no error)' };
  const fields = error as Error & Record<string, unknown>;
  const described: DescribedError = { type: typeOf(error), message: messageWithoutData(fields) };
  for (const fact of FACTS) {
    const value = fields[fact];
    if (typeof value === 'string' || typeof value === 'number') described[fact] = value;
  }
  const frames = framesOf(error);
  if (frames !== '') described.stack = frames;
  if (causes === 0) return described;
  if (error.cause !== undefined) described.cause = serialize(error.cause, causes - 1);
  if (Array.isArray(fields['errors'])) {
    described.errors = fields['errors'].slice(0, 10).map((one) => serialize(one, causes - 1));
  }
  return described;
}

/** Also one of another realm, as tests have them. */
function isError(error: unknown): error is Error {
  return error instanceof Error || types.isNativeError(error);
}

function typeOf(error: Error): string {
  return error.constructor?.name || error.name;
}

function messageWithoutData(error: Error & Record<string, unknown>): string {
  const { code } = error;
  if (typeof code === 'string' && isOfPostgres(error) && !QUOTES_NAMES.test(code)) return quotesLeftOut(error.message);
  // The parser of JSON quotes the text around the fault, BigInt the whole of it.
  if (error.name === 'SyntaxError') return 'a text could not be parsed (it is left out here)';
  return withoutSecrets(error.message);
}

/** `severity` and `routine` are what only the server sends. */
function isOfPostgres({ code, severity, routine }: Record<string, unknown>): boolean {
  return typeof code === 'string' && SQLSTATE.test(code) && (severity !== undefined || routine !== undefined);
}

/** From the first quote to the last: a value may have quotes of its own. */
function quotesLeftOut(message: string): string {
  return withoutSecrets(message.replace(/".*"/s, '"…"'));
}

/** The last net: the arguments that Node and Redis quote, credentials of URLs, e-mail addresses, keys and tokens. */
function withoutSecrets(message: string): string {
  return message
    .slice(0, LONGEST_SEARCHED)
    .replace(/(with args beginning with:|Received) .*/s, '$1 …')
    .replace(/\/\/[^\s/@]+@/g, '//…@')
    .replace(/(?:"[^"]*"|[^\s"'<>(),;:=@/]+)@[^\s"'<>(),;:=@/]+/g, '…@…')
    .replace(/\b(Bearer|Basic)\s+\S+/gi, '$1 …')
    .replace(/\bmq_\w+_[\w-]+/g, 'mq_…')
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '…')
    .slice(0, LONGEST_MESSAGE);
}

/** The lines at the end that are frames. A message may have lines that look like them, so what repeats it is cut off first. */
function framesOf({ stack = '', message }: Error): string {
  const repeated = stack.indexOf(message);
  const lines = (repeated < 0 ? stack : stack.slice(repeated + message.length)).split('\n');
  const last = lines.findLastIndex((line) => !/^\s+at /.test(line));
  return lines.slice(last + 1).join('\n');
}
