import { type Cluster, Kafka, PartitionAssigners, type SASLOptions, logLevel } from 'kafkajs';
import type { KafkaLog } from './kafka-log';
import { patchKafkajs } from './wire/kafkajs-patches';

export type { KafkaLog };

patchKafkajs();

export interface KafkaOptions {
  /** `host:port`. */
  brokers: string[];
  clientId: string;
  security?: KafkaSecurity;
}

export interface KafkaSecurity {
  /** Encrypted; `ca`: PEM of the authorities to trust instead of the system's. */
  tls?: { ca?: string };
  sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string };
}

/** How long a client waits for an answer, and how often it tries before it gives up. */
export interface Patience {
  requestTimeoutMs: number;
  retries: number;
}

/** Tries for about half a minute: a broker that restarts finds the same client, with the same membership. */
const CONSUMER_PATIENCE: Patience = { requestTimeoutMs: 10_000, retries: 32 };
/** For those who ask now and want to know now. */
export const SHORT_PATIENCE: Patience = { requestTimeoutMs: 3000, retries: 1 };

/** A client of its own for each use: kafkajs shares its offset cache between the consumers of one. */
export function createKafka(options: KafkaOptions, log?: KafkaLog, patience: Patience = CONSUMER_PATIENCE): Kafka {
  const { brokers, clientId, security = {} } = options;
  return new Kafka({
    brokers,
    clientId,
    ...(security.tls && { ssl: security.tls.ca === undefined ? true : { ca: [security.tls.ca] } }),
    ...(security.sasl && { sasl: { ...security.sasl } as SASLOptions }),
    connectionTimeout: 3000,
    authenticationTimeout: 5000,
    requestTimeout: patience.requestTimeoutMs,
    enforceRequestTimeout: true,
    retry: {
      initialRetryTime: 100,
      maxRetryTime: 1000,
      multiplier: 2,
      retries: patience.retries,
      restartOnFailure: async () => false,
    },
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

type ConsumerOptions = Parameters<Kafka['consumer']>[0];

/** A consumer together with its cluster: kafkajs shows it to assigners only, so the round-robin one is asked through. */
export function consumerWithCluster(kafka: Kafka, options: ConsumerOptions) {
  let found: Cluster | undefined;
  const consumer = kafka.consumer({
    ...options,
    partitionAssigners: [
      (config) => {
        found = config.cluster;
        return PartitionAssigners.roundRobin(config);
      },
    ],
  });
  if (!found) throw new Error('kafkajs did not show its cluster');
  return { consumer, cluster: found };
}
