import type { KafkaOptions } from '#libs/event-log';
import {
  allowedOrigins,
  bearerConfig,
  contradictingBearer,
  hostConfig,
  integer,
  limitsConfig,
  list,
  trustedProxies,
} from '#libs/service-host';
import { QUARANTINE_BUDGET, contradictingRetention, retentionConfig } from '#libs/session-store';
import { z } from 'zod';
import { halfSecurity, kafkaSecurity, kafkaSecurityConfig } from './kafka/kafka-security';

const partitions = integer(1, 10_000).optional();

const fields = z.object({
  ...hostConfig,
  PORT: integer(0, 65_535).default(3002),
  KAFKA_BROKERS: list.pipe(z.array(z.string().regex(/^[^\s:]+:\d+$/, { error: 'must be host:port' })).min(1)),
  KAFKA_TOPIC_PREFIX: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{1,100}$/)
    .default('marquee'),
  KAFKA_PARTITIONS_SESSIONS: partitions,
  KAFKA_PARTITIONS_VIEWERS: partitions,
  KAFKA_PARTITIONS_DIRECTORY: partitions,
  ...kafkaSecurityConfig,
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' }),
  REDIS_HASH_TAG: z
    .string()
    .regex(/^[^{}]+$/, { error: 'must not contain braces' })
    .default('marquee'),
  RECONCILE_EVERY_SECONDS: integer(1, 86_400).default(60),
  /** How often partitions are made, and what is old is taken away; more often than once a minute is for tests. */
  MAINTENANCE_EVERY_SECONDS: integer(1, 3600).default(60),
  /** Opens /admin; without it nobody gets in. */
  ADMIN_KEY: z.string().min(16, { error: 'must have at least 16 characters' }).optional(),
  /** More unreadable messages of a source than this within 10 s, and more than 5 % of all it sends, are a storm. */
  QUARANTINE_STORM_RECORDS: integer(0, 1_000_000).default(20),
  /** Open rows of the quarantine, in all and of one source; of what is beyond only the places are noted. */
  QUARANTINE_ROWS: integer(1, 10_000_000).default(QUARANTINE_BUDGET.rows),
  QUARANTINE_ROWS_PER_SOURCE: integer(1, 10_000_000).default(QUARANTINE_BUDGET.rowsPerSource),
  ...retentionConfig,
  /** So long Kafka has to keep what nobody could read: checked at start, and said where it is not so. */
  SURVIVED_OUTAGE_HOURS: integer(1, 100_000).default(72),
  /** Of events that wait for Kafka; beyond it `POST /events` is answered 503. */
  DOOR_QUEUE_BYTES: integer(1_000_000, 1_000_000_000).default(64_000_000),
  /** Faults of a key or token in a minute, beyond which it has to wait; 0: no limit. */
  DOOR_FAULTS_PER_MINUTE: integer(0, 1_000_000).default(90),
  /** Of who sends by `POST /events`. */
  ...bearerConfig,
  ...limitsConfig,
  TRUSTED_PROXIES: trustedProxies,
  /** From where browsers may send, comma separated; unset: from everywhere. */
  ALLOWED_ORIGINS: allowedOrigins,
});

export const lifecycleConfig = fields.superRefine((given, context) => {
  const problems = [...halfSecurity(given), ...contradictingBearer(given), ...contradictingRetention(given)];
  for (const [name, message] of problems) context.addIssue({ code: 'custom', path: [name], message });
});

export type LifecycleConfig = z.output<typeof lifecycleConfig>;

/** The token under which the configuration is injected. */
export const LIFECYCLE_CONFIG = Symbol('configuration of session-lifecycle');

/** How long after what it says an event may reach Kafka. */
export function horizonMsOf({ EVENT_HORIZON_DAYS: days }: Pick<LifecycleConfig, 'EVENT_HORIZON_DAYS'>): number {
  return days * 86_400_000;
}

/** How Kafka is reached. */
export function kafkaOptions(config: LifecycleConfig): KafkaOptions {
  return { brokers: config.KAFKA_BROKERS, clientId: 'session-lifecycle', security: kafkaSecurity(config) };
}
