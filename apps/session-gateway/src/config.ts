import {
  allowedOrigins,
  bearerConfig,
  contradictingBearer,
  flag,
  hostConfig,
  integer,
  trustedProxies,
} from '#libs/service-host';
import { z } from 'zod';

const fields = z.object({
  ...hostConfig,
  PORT: integer(0, 65_535).default(3001),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' }),
  REDIS_HASH_TAG: z
    .string()
    .regex(/^[^{}]+$/, { error: 'must not contain braces' })
    .default('marquee'),
  /** From where browsers may connect, comma separated; unset: from everywhere. Callers without an origin always may. */
  ALLOWED_ORIGINS: allowedOrigins,
  /** New connections let in per second, four times as many at once; the others are told to come later. */
  CONNECTIONS_PER_SECOND: integer(1, 100_000).default(500),
  CONNECTIONS_PER_ADDRESS: integer(1, 1_000_000).default(10_000),
  /** What all connections of one address share; an IPv6 address is its /64. Messages: a second, four times as many at once. */
  MESSAGES_PER_ADDRESS: integer(1, 1_000_000).default(2000),
  /** Different views that are kept for one address: lists, those with a text (`q`). */
  VIEWS_PER_ADDRESS: integer(1, 100_000).default(500),
  TEXT_VIEWS_PER_ADDRESS: integer(1, 100_000).default(100),
  /** Sessions that all connections of one address may watch, counted once for each connection. */
  WATCHES_PER_ADDRESS: integer(1, 10_000_000).default(100_000),
  /** Places of one address for who waits until this gateway is where they were; one for each 50 rows that they hold. */
  WAITING_PER_ADDRESS: integer(1, 1_000_000).default(10_000),
  TRUSTED_PROXIES: trustedProxies,
  /** Of the token of a handshake; its scope `counts:hidden` shows hidden counts. */
  ...bearerConfig,
  /** Deflate large frames, once for all who take them. */
  DEFLATE: flag.default(true),
});

export const gatewayConfig = fields.superRefine((given, context) => {
  for (const [name, message] of contradictingBearer(given)) context.addIssue({ code: 'custom', path: [name], message });
});

export type GatewayConfig = z.output<typeof gatewayConfig>;

/** The token under which the configuration is injected. */
export const GATEWAY_CONFIG = Symbol('configuration of session-gateway');
