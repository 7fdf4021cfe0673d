import { TokenBucket } from '#libs/live-list';
import { type Connection, cut, queuedBytes, releaseInflater } from './wire';

const PACKETS_PER_SECOND = 100;
const BURST = 1000;
/** More than a slow listener may have waiting before it is dismissed: who never listens is cut off here. */
const QUEUE_LIMIT_BYTES = 512 * 1024;

/**
 * Looks at all that arrives on a connection, below Socket.IO: also at what never becomes a message there (pings,
 * namespaces that do not exist). `onFlood` is called for a connection that sends more than any client has reason to.
 */
export function guardConnection(connection: Connection, onFlood: () => void): void {
  const bucket = new TokenBucket(PACKETS_PER_SECOND, BURST, Date.now());
  let isCut = false;
  connection.on('packet', () => {
    releaseInflater(connection);
    if (isCut || bucket.take(Date.now()) === 0) return;
    isCut = true;
    onFlood();
    cut(connection);
  });
}

/** Cuts the connections that take nothing of what is written to them, whatever it is; how many. */
export function cutClogged(connections: Iterable<Connection>): number {
  let clogged = 0;
  for (const connection of connections) {
    if (queuedBytes(connection) <= QUEUE_LIMIT_BYTES) continue;
    clogged += 1;
    cut(connection);
  }
  return clogged;
}
