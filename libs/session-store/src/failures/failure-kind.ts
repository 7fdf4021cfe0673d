import { types } from 'node:util';

/**
 * What an error of the database means for who asked.
 * `away`: nobody can be served now, whatever they ask for; wait, and ask the same again.
 * `too-much`: a limit of ours was reached by what was asked; ask for less.
 * `of-a-message`: what was asked cannot be done, now or later: its data is bad, or we have a bug.
 */
export type FailureKind = 'away' | 'too-much' | 'of-a-message';

/** The database cannot be used now; `cause` is how that was seen. */
export class DatabaseAway extends Error {
  constructor(cause: unknown) {
    super('Postgres is away, or takes no writes', { cause });
    this.name = 'DatabaseAway';
  }
}

interface Known {
  /** The beginning of a SQLSTATE, a code of Node, or what the driver says. */
  means: string | RegExp;
  kind: FailureKind;
  because: string;
}

/** The first line that fits decides. What fits none is `of-a-message`: unknown is our bug. */
export const KNOWN_FAILURES: readonly Known[] = [
  { means: '08', kind: 'away', because: 'the connection broke or could not be made' },
  { means: '25006', kind: 'away', because: 'read-only: a standby, or an operator’s hand' },
  {
    means: /^no partition of relation /,
    kind: 'away',
    because: 'the partitions of today were not made in time: no message is to blame',
  },
  {
    means: '25P03',
    kind: 'too-much',
    because: 'our limit for a transaction that pauses: the work between two statements took too long',
  },
  { means: '25P04', kind: 'too-much', because: 'a limit for the whole transaction' },
  { means: '28', kind: 'away', because: 'no login now, as while a password is changed: no message is to blame' },
  { means: '3D000', kind: 'away', because: 'the database is being restored, or not there yet' },
  { means: '40', kind: 'away', because: 'a race lost as often as a transaction is tried: others are at it, so wait' },
  { means: '42501', kind: 'away', because: 'a right was taken from our role: no message is to blame' },
  { means: '53200', kind: 'too-much', because: 'no memory for this statement, or more locks than there is room for' },
  { means: '53400', kind: 'too-much', because: 'a configured limit, like that of temporary files' },
  { means: '53', kind: 'away', because: 'the disk is full, or all connections are taken' },
  {
    means: '54',
    kind: 'too-much',
    because: 'a limit of the program: parameters, columns, size of a statement or of an index row',
  },
  { means: '55P03', kind: 'away', because: 'somebody else holds a lock for longer than we wait' },
  { means: '55P04', kind: 'of-a-message', because: 'a new enum value is used too early: our bug' },
  { means: '57014', kind: 'too-much', because: 'our limit for a statement' },
  { means: '57', kind: 'away', because: 'an operator ends or starts the server' },
  { means: '58', kind: 'away', because: 'the server cannot read or write its files' },
  { means: '72', kind: 'too-much', because: 'a snapshot that had to live for too long' },
  {
    means:
      /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENOTFOUND|EAI_AGAIN)$/,
    kind: 'away',
    because: 'the network does not reach it',
  },
  {
    means: /^Query read timeout$/,
    kind: 'too-much',
    because: 'no answer in time; away only if others get none either',
  },
  {
    means:
      /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|is not established|not queryable|Cannot use a pool after|Query runner already released|the database system is (starting up|shutting down)/i,
    kind: 'away',
    because: 'the driver lost its connection, or got none',
  },
];

/** By the table alone, that is without asking the database whether it answers others. */
export function failureKind(error: unknown): FailureKind {
  if (error instanceof DatabaseAway) return 'away';
  if (!types.isNativeError(error)) return 'of-a-message';
  const { code } = error as { code?: unknown };
  const known = KNOWN_FAILURES.find(({ means }) => fits(means, typeof code === 'string' ? code : '', error.message));
  if (known) return known.kind;
  return error.cause === undefined ? 'of-a-message' : failureKind(error.cause);
}

function fits(means: string | RegExp, code: string, message: string): boolean {
  if (typeof means === 'string') return code.startsWith(means) && code.length === 5;
  return means.test(code) || means.test(message);
}
