import Redis, { type RedisOptions } from 'ioredis';
import { StandaloneConnector } from 'ioredis/built/connectors';

/** What a Redis server says of itself (INFO), by name. */
export type NodeInfo = Readonly<Record<string, string | undefined>>;

/** A replica that its master feeds has all that the master has, a moment later. */
export function isFed({ role, master_link_status: link }: NodeInfo): boolean {
  return role !== 'master' && link === 'up';
}

/**
 * An ioredis connector that lets `accept` decide, each time a connection is made, whether it may be used. What is refused
 * is closed and made anew after the usual delay; the host name is then resolved again.
 */
export function connectorThat(accept: (info: NodeInfo) => boolean): NonNullable<RedisOptions['Connector']> {
  return class extends StandaloneConnector {
    constructor(options: unknown) {
      super(options as ConstructorParameters<typeof StandaloneConnector>[0]);
    }

    override check(info: NodeInfo): boolean {
      return accept(info);
    }
  };
}

/** Asks the server that a URL leads to now, on a connection of its own. Rejects when it does not answer in time. */
export async function askNode(url: string, limitMs: number, signal: AbortSignal): Promise<NodeInfo> {
  signal.throwIfAborted();
  const redis = new Redis(url, {
    connectionName: 'master-look',
    lazyConnect: true,
    enableReadyCheck: false,
    connectTimeout: limitMs,
    commandTimeout: limitMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  const giveUp = () => redis.disconnect();
  signal.addEventListener('abort', giveUp);
  try {
    await redis.connect();
    return infoOf(await redis.info());
  } finally {
    signal.removeEventListener('abort', giveUp);
    redis.disconnect();
  }
}

/** Reads the text of INFO, or of some of its sections. */
export function infoOf(text: string): NodeInfo {
  const lines = text.split('\r\n').map((line) => line.split(':'));
  return Object.fromEntries(lines.map(([name = '', ...value]) => [name, value.join(':')]));
}
