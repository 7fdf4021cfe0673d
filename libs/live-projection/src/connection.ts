import Redis, { type RedisOptions } from 'ioredis';

/**
 * A connection that fails fast: a command that gets no answer, or finds no connection, rejects within seconds. It keeps
 * trying to connect for ever and never throws on its own. A connection on which an answer is missing is given up: it may
 * be dead without anybody having said so.
 */
export function connect(url: string, name: string, options: RedisOptions = {}): Redis {
  const redis = new Redis(url, {
    connectionName: name,
    connectTimeout: 2000,
    commandTimeout: 4000,
    socketTimeout: 3000,
    maxRetriesPerRequest: 1,
    retryStrategy: (times) => Math.min(50 * 2 ** times, 1000) * (0.5 + Math.random() / 2),
    // A replica that was the master: the address may lead to another one by now.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...options,
  });
  redis.on('error', () => undefined);
  return redis;
}
