import { Kafka, logLevel } from 'kafkajs';

export interface KafkaOptions {
  /** `host:port`. */
  brokers: string[];
  clientId: string;
}

/** What kafkajs says; the level is its own name for it. */
export type KafkaLog = (level: 'error' | 'warn' | 'info' | 'debug', message: string, fields: object) => void;

/** A client of its own for each use: kafkajs shares its offset cache between the consumers of one. */
export function createKafka({ brokers, clientId }: KafkaOptions, log?: KafkaLog): Kafka {
  return new Kafka({
    brokers,
    clientId,
    connectionTimeout: 3000,
    requestTimeout: 30_000,
    enforceRequestTimeout: true,
    retry: { initialRetryTime: 200, maxRetryTime: 5000, retries: 5, restartOnFailure: async () => false },
    logLevel: log ? logLevel.WARN : logLevel.NOTHING,
    ...(log && {
      logCreator:
        () =>
        ({ level, log: entry }) => {
          const { message, timestamp: _timestamp, logger: _logger, ...fields } = entry;
          log(level === logLevel.ERROR ? 'error' : level === logLevel.WARN ? 'warn' : 'info', message, fields);
        },
    }),
  });
}
