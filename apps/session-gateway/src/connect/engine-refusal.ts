/** The revisions of Engine.IO's protocol: 4 is that of Socket.IO 3 and 4, 3 that of Socket.IO 2. */
export type EngineRevision = 3 | 4;

/** Separates the packets of an answer to polling, in revision 4. */
const SEPARATOR = '\x1e';
const SID = 'refused';
const OPEN = `0${JSON.stringify({ sid: SID, upgrades: [], pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 1 })}`;

/** What a request says; whoever names no revision is served as one of revision 3, as Engine.IO does. */
export function revisionOf(parameters: URLSearchParams): EngineRevision {
  return parameters.get('EIO') === '4' ? 4 : 3;
}

/**
 * The packets that make a client show `error` and not come back: the connection opens, the namespace is refused. With
 * Socket.IO 3 and 4 it is `connect_error`, with Socket.IO 2 `error`, which has to be told to disconnect as well.
 */
export function refusalPackets(revision: EngineRevision, error: string, code: string): string[] {
  if (revision === 4) return [OPEN, `44${JSON.stringify({ message: error, data: { code } })}`];
  return [OPEN, `44${JSON.stringify(error)}`, '41'];
}

/** Ends what was opened by `refusalPackets`. */
export const CLOSE_PACKET = '1';

/** Packets as one answer to polling. */
export function pollingPayload(revision: EngineRevision, packets: readonly string[]): string {
  if (revision === 4) return packets.join(SEPARATOR);
  return packets.map((packet) => `${packet.length}:${packet}`).join('');
}
