import Redis, { type RedisOptions } from 'ioredis';

/**
 * A connection that fails fast: a command that gets no answer, or finds no connection, rejects within seconds. It keeps
 * trying to connect for ever and never throws on its own.
 */
export function connect(url: string, name: string, options: RedisOptions = {}): Redis {
  const redis = new Redis(url, {
    connectionName: name,
    connectTimeout: 2000,
    commandTimeout: 4000,
    maxRetriesPerRequest: 1,
    retryStrategy: (times) => Math.min(50 * 2 ** times, 1000) * (0.5 + Math.random() / 2),
    ...options,
  });
  redis.on('error', () => undefined);
  return redis;
}
