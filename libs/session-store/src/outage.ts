import { types } from 'node:util';

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/**
 * Connection exceptions, lost races, out of resources, an operator's hand or a timeout, a lock not to be had, read-only,
 * and this process itself stopped for long within its transaction.
 */
const SQLSTATE = /^(08|40|53|57|55P03|25006|25P03)/;
const DRIVER =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|is not established|not queryable|Cannot use a pool after|Query runner already released/i;

/** Whether an error says that the database is away or not able now, rather than that what was asked is wrong. */
export function isDatabaseOutage(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && (NETWORK.has(code) || SQLSTATE.test(code))) return true;
  return DRIVER.test(error.message) || isDatabaseOutage(error.cause);
}
